#include "offprint/store/postgres.h"

#include <endian.h>
#include <libpq-fe.h>

#include <bit>
#include <charconv>
#include <cstring>
#include <string>
#include <unordered_map>
#include <vector>

#include "offprint/core/error.h"
#include "offprint/core/utf8.h"

namespace offprint::store {
namespace {

constexpr size_t kKeptStatements = 256;
// Any number that nobody else takes in this database: who holds it writes ("offprint" in ASCII).
constexpr int64_t kWriterLock = 0x6f66667072696e74;
// PostgreSQL's own numbers of types, fixed for ever (pg_type.dat).
constexpr Oid kBytes = 17, kInt8 = 20, kInt2 = 21, kInt4 = 23, kText = 25, kFloat4 = 700,
              kFloat8 = 701;

struct Clear {
  void operator()(PGresult* result) const { PQclear(result); }
};
struct Finish {
  void operator()(PGconn* db) const { PQfinish(db); }
};
using Result = std::unique_ptr<PGresult, Clear>;

template <class Number>
Number from_network(const char* bytes) {
  Number number;
  std::memcpy(&number, bytes, sizeof number);
  if constexpr (std::endian::native == std::endian::little) {
    if constexpr (sizeof number == 2) number = static_cast<Number>(be16toh(number));
    if constexpr (sizeof number == 4) number = static_cast<Number>(be32toh(number));
    if constexpr (sizeof number == 8) number = static_cast<Number>(be64toh(number));
  }
  return number;
}

class PostgresRow final : public Row {
 public:
  PostgresRow(const PGresult* result, int row) : result_(result), row_(row) {}
  bool is_null(int column) const override { return PQgetisnull(result_, row_, column) != 0; }
  int64_t integer(int column) const override {
    if (is_null(column)) return 0;
    const std::string_view value = text(column);
    switch (PQftype(result_, column)) {
      case kInt2:
        return static_cast<int16_t>(from_network<uint16_t>(value.data()));
      case kInt4:
        return static_cast<int32_t>(from_network<uint32_t>(value.data()));
      case kInt8:
        return static_cast<int64_t>(from_network<uint64_t>(value.data()));
      case kFloat4:
      case kFloat8:
        return static_cast<int64_t>(real(column));
      default: {
        int64_t number = 0;
        std::from_chars(value.data(), value.data() + value.size(), number);
        return number;
      }
    }
  }
  double real(int column) const override {
    if (is_null(column)) return 0;
    const char* value = PQgetvalue(result_, row_, column);
    switch (PQftype(result_, column)) {
      case kFloat4:
        return std::bit_cast<float>(from_network<uint32_t>(value));
      case kFloat8:
        return std::bit_cast<double>(from_network<uint64_t>(value));
      default:
        return static_cast<double>(integer(column));
    }
  }
  std::string_view text(int column) const override {
    return {PQgetvalue(result_, row_, column),
            static_cast<size_t>(PQgetlength(result_, row_, column))};
  }

 private:
  const PGresult* result_;
  int row_;
};

bool is_storable(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const CodePoint c = decode_utf8(text, at);
    if (c.value == 0 || (c.value == 0xfffd && c.bytes == 1)) return false;
    at += c.bytes;
  }
  return true;
}

std::string storable(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const CodePoint c = decode_utf8(text, at);
    if (c.value == 0xfffd && c.bytes == 1)
      out += "\xef\xbf\xbd";
    else
      out += c.value == 0 ? " " : text.substr(at, c.bytes);
    at += c.bytes;
  }
  return out;
}

// Arguments as the protocol takes them, all in binary; what they point to is the caller's or kept.
struct Arguments {
  std::vector<Oid> types;
  std::vector<const char*> values;
  std::vector<int> lengths, formats;
  std::vector<std::string> kept;

  explicit Arguments(std::span<const Value> arguments) {
    kept.reserve(arguments.size());  // so that none moves
    for (const Value& value : arguments) std::visit([&](const auto& v) { add(v); }, value);
    formats.assign(values.size(), 1);
  }
  // Statements are told apart by their text and by what they are given.
  std::string key(std::string_view sql) const {
    std::string key(sql);
    key += '\0';
    for (const Oid type : types) key += static_cast<char>(type % 128);
    return key;
  }

 private:
  void add(std::nullptr_t) { add(0, nullptr, 0); }
  void add(int64_t v) { add_number(kInt8, std::bit_cast<uint64_t>(v)); }
  void add(double v) { add_number(kFloat8, std::bit_cast<uint64_t>(v)); }
  void add(std::string_view v) {
    if (!is_storable(v)) v = kept.emplace_back(storable(v));
    add(kText, v.empty() ? "" : v.data(), v.size());
  }
  void add(Blob v) { add(kBytes, v.bytes.empty() ? "" : v.bytes.data(), v.bytes.size()); }
  void add_number(Oid type, uint64_t bits) {
    const uint64_t network = htobe64(bits);
    std::string& bytes = kept.emplace_back(sizeof network, '\0');
    std::memcpy(bytes.data(), &network, sizeof network);
    add(type, bytes.data(), bytes.size());
  }
  void add(Oid type, const char* value, size_t size) {
    types.push_back(type), values.push_back(value), lengths.push_back(static_cast<int>(size));
  }
};

// libpq's messages are lines, some with tabs.
std::string one_line(std::string_view text) {
  std::string line;
  for (const char c : text) {
    if (c != '\n' && c != '\t')
      line += c;
    else if (!line.empty() && line.back() != ' ')
      line += ' ';
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

// `state` is SQLSTATE: five characters, the first two of them the class; "" where no server spoke.
[[noreturn]] void fail_with(std::string_view state, const std::string& name,
                            const std::string& message) {
  const auto is = [&](std::string_view begin) { return state.starts_with(begin); };
  if (state.empty() || is("08") || is("57P") || is("28") || is("3D"))
    throw Unavailable(fmt::format(
        "store: {} cannot be reached ({}), expected a PostgreSQL server with this database", name,
        message));
  if (is("53300"))
    throw Unavailable(fmt::format("store: {} has no connection left ({})", name, message));
  if (is("53"))
    throw Unavailable(fmt::format(
        "store: the disk of {} is full; what was stored before is safe ({})", name, message));
  if (is("55P03") || is("40") || is("25P03"))
    throw Unavailable(
        fmt::format("store: {} is locked by another program; end it and try again", name));
  if (is("42501") || is("25006"))
    throw Unavailable(fmt::format(
        "store: {} may not be written ({}), expected a database of this user", name, message));
  if (is("XX"))
    throw Unavailable(
        fmt::format("store: {} is damaged ({}); put a copy in its place", name, message));
  if (is("22") || is("23")) fail("store: {}: {}", name, message);
  throw Unavailable(fmt::format("store: {}: {}", name, message));
}

class PostgresConnection final : public Connection {
 public:
  PostgresConnection(const std::string& url, Access access)
      : url_(url), name_(without_secrets(url)), access_(access) {
    connect();
  }

  Dialect dialect() const override { return Dialect::postgres; }

  using Connection::run;
  int64_t run(std::string_view sql, std::span<const Value> values, const Use& use) override {
    const Arguments arguments(values);
    const Result result = answer([&] { return ask_prepared(sql, arguments); });
    const int rows = PQntuples(result.get());
    if (use)
      for (int row = 0; row < rows; ++row) use(PostgresRow(result.get(), row));
    if (std::string_view(PQcmdStatus(result.get())).starts_with("SELECT")) return 0;
    int64_t changed = 0;
    const std::string_view count = PQcmdTuples(result.get());
    std::from_chars(count.data(), count.data() + count.size(), changed);
    return changed;
  }

  void run_script(const std::string& sql) override {
    answer([&] { return PQexec(db_.get(), sql.c_str()); });
  }

  // Each statement sees what was there when it began, so that those after the lock see all that
  // was written before it was had.
  void begin() override {
    try {
      run_script(fmt::format("BEGIN; SELECT pg_advisory_xact_lock({})", kWriterLock));
    } catch (const Error&) {
      PQclear(PQexec(db_.get(), "ROLLBACK"));
      throw;
    }
    in_transaction_ = true;
  }
  void end(bool keep) override {
    // In a transaction that failed, COMMIT is no error but undoes it: here it is one.
    in_transaction_ = false;
    const Result result(PQexec(db_.get(), keep ? "COMMIT" : "ROLLBACK"));
    check(result.get());
    require(!keep || std::string_view(PQcmdStatus(result.get())) == "COMMIT",
            "store: {} undid what was to be stored", name_);
  }

 private:
  void connect() {
    kept_.clear();
    in_transaction_ = false;
    // libpq's own words about an address that is none quote parts of it, the password too.
    PQconninfoOption* parsed = PQconninfoParse(url_.c_str(), nullptr);
    require(parsed != nullptr, "store: {} is no address, expected postgresql://user@host:port/name",
            name_);
    PQconninfoFree(parsed);
    // What stands before dbname yields to the address, what stands after does not.
    const char* names[] = {"connect_timeout", "application_name", "dbname", "client_encoding",
                           nullptr};
    const char* values[] = {"10", "offprint", url_.c_str(), "UTF8", nullptr};
    db_.reset(PQconnectdbParams(names, values, 1));
    if (db_ == nullptr || PQstatus(db_.get()) != CONNECTION_OK)
      fail_with("", name_, db_ ? one_line(PQerrorMessage(db_.get())) : "no memory");
    PQsetNoticeProcessor(
        db_.get(), [](void*, const char*) {}, nullptr);
    const char* encoding = PQparameterStatus(db_.get(), "server_encoding");
    require(encoding != nullptr && std::string_view(encoding) == "UTF8",
            "store: {} is a database in {}, expected UTF8", name_,
            encoding == nullptr ? "no encoding" : encoding);
    // A process that stopped in the middle of a transaction holds up the others a minute at most.
    // Queries are short: compiling them (jit) takes longer than they do.
    const Result result(
        PQexec(db_.get(), access_ == Access::write
                              ? "SET lock_timeout = '10s'; SET jit = off; SET "
                                "idle_in_transaction_session_timeout = '60s'"
                              : "SET default_transaction_read_only = on; SET jit = off"));
    check(result.get());
  }

  bool is_lost(const PGresult* result) const {
    const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    return PQstatus(db_.get()) != CONNECTION_OK ||
           (state != nullptr && std::string_view(state).starts_with("57P0"));
  }

  // What `ask` brings; where the server was started anew since the last time, it asks again.
  template <class Ask>
  Result answer(Ask&& ask) {
    Result result(ask());
    if (!in_transaction_ && is_lost(result.get())) {
      connect();
      result.reset(ask());
    }
    check(result.get());
    return result;
  }

  PGresult* ask_prepared(std::string_view sql, const Arguments& arguments) {
    const std::string key = arguments.key(sql);
    const auto count = static_cast<int>(arguments.values.size());
    auto found = kept_.find(key);
    if (found == kept_.end()) {
      if (kept_.size() >= kKeptStatements) {
        PQclear(PQexec(db_.get(), "DEALLOCATE ALL"));
        kept_.clear();
      }
      const std::string name = fmt::format("s{}", kept_.size());
      Result made(PQprepare(db_.get(), name.c_str(), std::string(sql).c_str(), count,
                            arguments.types.data()));
      if (PQresultStatus(made.get()) != PGRES_COMMAND_OK) return made.release();
      found = kept_.emplace(key, name).first;
    }
    return PQexecPrepared(db_.get(), found->second.c_str(), count, arguments.values.data(),
                          arguments.lengths.data(), arguments.formats.data(), 1);
  }

  void check(const PGresult* result) const {
    switch (PQresultStatus(result)) {
      case PGRES_COMMAND_OK:
      case PGRES_TUPLES_OK:
      case PGRES_EMPTY_QUERY:
        return;
      default:
        break;
    }
    const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char* message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    fail_with(state == nullptr ? "" : state, name_,
              one_line(message == nullptr ? PQerrorMessage(db_.get()) : message));
  }

  std::string url_, name_;
  Access access_;
  bool in_transaction_ = false;
  std::unique_ptr<PGconn, Finish> db_;
  std::unordered_map<std::string, std::string> kept_;  // statement -> its name
};

}  // namespace

std::unique_ptr<Connection> open_postgres(const std::string& url, Access access) {
  return std::make_unique<PostgresConnection>(url, access);
}

std::string without_secrets(const std::string& url) {
  const size_t host = url.find("://") + 3;
  const std::string rest = url.substr(host, url.find('?') - host);
  const size_t user = rest.rfind('@');
  return url.substr(0, host) + (user == rest.npos ? rest : rest.substr(user + 1));
}

}  // namespace offprint::store
