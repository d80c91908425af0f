#include "offprint/data/chat_template.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <ctime>
#include <map>
#include <optional>

#include "offprint/core/error.h"
#include "offprint/data/jinja_functions.h"
#include "offprint/data/jinja_lexer.h"
#include "offprint/data/jinja_syntax.h"

namespace offprint::data {
namespace jinja {
namespace {

constexpr int64_t kMostSteps = 2000000;
constexpr size_t kMostText = 64 << 20;
constexpr int kDeepestCall = 50;

using Names = std::map<std::string, Value, std::less<>>;

// What bodies end with: on to the next statement, the loop's next item, or out of the loop.
enum class Flow { on, next, stop };

class Evaluation {
 public:
  Evaluation(const Json& variables, int64_t now) : now_(now) {
    scopes_.emplace_back();
    for (const auto& [name, value] : variables.items()) scopes_[0][name] = from_json(value);
  }

  Flow run(const Body& body, std::string& out) {
    for (const Statement& s : body)
      if (const Flow flow = run(s, out); flow != Flow::on) return flow;
    return Flow::on;
  }

 private:
  Flow run(const Statement& s, std::string& out) {
    step(s.at);
    switch (s.kind) {
      case Statement::Kind::text:
        say(s.text, s.at, out);
        return Flow::on;
      case Statement::Kind::print:
        say(to_text(value_of(*s.parts[0])), s.at, out);
        return Flow::on;
      case Statement::Kind::loop:
        return loop(s, out);
      case Statement::Kind::branch:
        for (size_t i = 0; i < s.parts.size(); ++i)
          if (truth(value_of(*s.parts[i]))) return run(s.bodies[i], out);
        return run(s.bodies.back(), out);
      case Statement::Kind::set:
        set(s, value_of(*s.parts[0]));
        return Flow::on;
      case Statement::Kind::set_body: {
        std::string text;
        run(s.bodies[0], text);
        set(s, text);
        return Flow::on;
      }
      case Statement::Kind::macro:
        scopes_.back()[s.text] = macro(s);
        return Flow::on;
      case Statement::Kind::next:
        return Flow::next;
      case Statement::Kind::stop:
        return Flow::stop;
      case Statement::Kind::pass:
        return Flow::on;
    }
    return Flow::on;
  }

  // A loop's names and what is set in it end with each turn; namespaces stay.
  Flow loop(const Statement& s, std::string& out) {
    const Value iterated = value_of(*s.parts[0]);
    List items = at(s.at, [&] { return items_of(iterated); });
    scopes_.emplace_back();
    if (s.parts[1] != nullptr)
      std::erase_if(items, [&](const Value& item) {
        assign(s, item);
        return !truth(value_of(*s.parts[1]));
      });
    for (size_t i = 0; i < items.size(); ++i) {
      step(s.at);
      scopes_.back().clear();
      assign(s, items[i]);
      scopes_.back()["loop"] = loop_value(items, i);
      if (run(s.bodies[0], out) == Flow::stop) break;
    }
    scopes_.pop_back();
    return items.empty() ? run(s.bodies[1], out) : Flow::on;
  }

  static Value loop_value(const List& items, size_t i) {
    const auto n = static_cast<int64_t>(items.size()), k = static_cast<int64_t>(i);
    const auto neighbour = [&](bool exists, size_t at) {
      return exists ? items[at] : Value(Undefined{"the loop's neighbour"});
    };
    Dict loop = {{"index", k + 1},      {"index0", k},
                 {"revindex", n - k},   {"revindex0", n - k - 1},
                 {"first", k == 0},     {"last", k + 1 == n},
                 {"length", n},         {"previtem", neighbour(i > 0, i - 1)},
                 {"depth", int64_t{1}}, {"nextitem", neighbour(k + 1 < n, i + 1)}};
    loop.emplace_back("cycle", make_function([k](const Arguments& a) {
                        require(!a.positional.empty(), "cycle: nothing given");
                        return a.positional[static_cast<size_t>(k) % a.positional.size()];
                      }));
    return make_dict(std::move(loop));
  }

  // One name gets the value, several its items.
  void assign(const Statement& s, const Value& value) {
    if (s.names.size() == 1) {
      scopes_.back()[s.names[0]] = value;
      return;
    }
    const List items = at(s.at, [&] { return items_of(value); });
    if (items.size() != s.names.size())
      fail_at(s.at, fmt::format("{} names for {} values", s.names.size(), items.size()));
    for (size_t i = 0; i < items.size(); ++i) scopes_.back()[s.names[i]] = items[i];
  }

  void set(const Statement& s, const Value& value) {
    if (s.attribute.empty()) return assign(s, value);
    const Value* space = find(s.names[0]);
    if (space == nullptr || space->dict() == nullptr)
      fail_at(s.at, fmt::format("'{}' is no namespace", s.names[0]));
    at(s.at, [&] { require_outside(*space, value); });
    set_member(*space->dict(), s.attribute, value);
  }

  // A macro sees what is outside of all loops, and what it is given.
  Value macro(const Statement& s) {
    return make_function([this, &s](const Arguments& a) -> Value {
      if (++calls_ > kDeepestCall) fail_at(s.at, "macros call each other too deep");
      Names own;
      for (size_t i = 0; i < s.names.size(); ++i) {
        const auto named = std::ranges::find(a.named, s.names[i], &Dict::value_type::first);
        if (i < a.positional.size())
          own[s.names[i]] = a.positional[i];
        else if (named != a.named.end())
          own[s.names[i]] = named->second;
        else if (s.parts[i] != nullptr)
          own[s.names[i]] = value_of(*s.parts[i]);
        else
          own[s.names[i]] = Undefined{s.names[i]};
      }
      std::vector<Names> outer;
      outer.push_back(scopes_[0]);
      outer.push_back(std::move(own));
      std::swap(scopes_, outer);
      std::string text;
      run(s.bodies[0], text);
      std::swap(scopes_, outer);
      --calls_;
      return text;
    });
  }

  Value value_of(const Expression& e) {
    using Kind = Expression::Kind;
    step(e.at);
    const auto part = [&](size_t i) { return e.parts[i] ? value_of(*e.parts[i]) : Value(); };
    switch (e.kind) {
      case Kind::literal:
        return e.value;
      case Kind::name:
        return named(e.name);
      case Kind::list: {
        List items;
        for (const auto& item : e.parts) items.push_back(value_of(*item));
        return make_list(std::move(items));
      }
      case Kind::dict: {
        Dict members;
        for (size_t i = 0; i < e.parts.size(); i += 2)
          set_member(members, to_text(part(i)), part(i + 1));
        return make_dict(std::move(members));
      }
      case Kind::attribute: {
        const Value whole = part(0);
        return at(e.at, [&] { return attribute_of(whole, e.name); });
      }
      case Kind::subscript: {
        const Value whole = part(0), index = part(1);
        return at(e.at, [&] { return item_of(whole, index); });
      }
      case Kind::slice: {
        const Value whole = part(0), begin = part(1), end = part(2), by = part(3);
        return at(e.at, [&] { return slice_of(whole, begin, end, by); });
      }
      case Kind::call: {
        const Value function = part(0);
        const auto* callable = function.as<std::shared_ptr<Function>>();
        if (callable == nullptr)
          fail_at(e.at, fmt::format("{} is called, expected a function", said(e, function)));
        const Arguments a = arguments(e);
        return at(e.at, [&] { return (**callable)(a); });
      }
      case Kind::filter: {
        const Value value = part(0);
        const Arguments a = arguments(e);
        return at(e.at, [&] { return apply_filter(e.name, value, a); });
      }
      case Kind::test: {
        const Value value = part(0);
        const Arguments a = arguments(e);
        return at(e.at, [&] { return Value(apply_test(e.name, value, a)); });
      }
      case Kind::unary: {
        const Value value = part(0);
        if (e.name == "not") return !truth(value);
        return at(e.at, [&] { return e.name == "-" ? negative(value) : value; });
      }
      case Kind::binary:
        return binary(e);
      case Kind::choice:
        return truth(part(0)) ? part(1) : part(2);
    }
    return {};
  }

  static std::string said(const Expression& call, const Value& function) {
    const auto* none = function.as<Undefined>();
    const std::string name = call.parts[0]->name;
    return none != nullptr
               ? fmt::format("'{}', which is undefined,", name.empty() ? none->name : name)
               : std::string(kind(function));
  }

  Arguments arguments(const Expression& e) {
    Arguments a;
    for (size_t i = 1; i < e.parts.size(); ++i) {
      Value value = value_of(*e.parts[i]);
      if (e.names[i].empty())
        a.positional.push_back(std::move(value));
      else
        a.named.emplace_back(e.names[i], std::move(value));
    }
    return a;
  }

  static Value negative(const Value& value) {
    if (const auto* whole = value.as<int64_t>())
      return static_cast<int64_t>(0 - static_cast<uint64_t>(*whole));
    return -to_number(value);
  }

  Value binary(const Expression& e) {
    const std::string& sign = e.name;
    Value left = value_of(*e.parts[0]);
    if (sign == "and") return truth(left) ? value_of(*e.parts[1]) : left;
    if (sign == "or") return truth(left) ? left : value_of(*e.parts[1]);
    const Value right = value_of(*e.parts[1]);
    return at(e.at, [&]() -> Value {
      if (sign == "==") return equal(left, right);
      if (sign == "!=") return !equal(left, right);
      if (sign == "in") return contains(right, left);
      if (sign == "<") return compare(left, right) < 0;
      if (sign == ">") return compare(left, right) > 0;
      if (sign == "<=") return compare(left, right) <= 0;
      if (sign == ">=") return compare(left, right) >= 0;
      if (sign == "~") return bounded(to_text(left) + to_text(right));
      return arithmetic(left, sign, right);
    });
  }

  static Value arithmetic(const Value& left, const std::string& sign, const Value& right) {
    if (sign == "+" && left.text() && right.text()) return bounded(*left.text() + *right.text());
    if (sign == "+" && left.list() && right.list()) {
      List both = *left.list();
      both.insert(both.end(), right.list()->begin(), right.list()->end());
      require(both.size() < kMostText / sizeof(Value), "a list that grows without end");
      return make_list(std::move(both));
    }
    if (sign == "*" && left.text() && right.as<int64_t>()) {
      const int64_t times = std::max<int64_t>(*right.as<int64_t>(), 0);
      require(left.text()->empty() || static_cast<size_t>(times) <= kMostText / left.text()->size(),
              "a text beyond {} MiB", kMostText >> 20);
      std::string text;
      for (int64_t i = 0; i < times && !left.text()->empty(); ++i) text += *left.text();
      return text;
    }
    if (!left.is_number() || !right.is_number()) fail("{} {} {}", kind(left), sign, kind(right));
    const double a = to_number(left), b = to_number(right);
    require(b != 0 || (sign != "/" && sign != "//" && sign != "%"), "divided by 0");
    if (left.as<double>() == nullptr && right.as<double>() == nullptr && sign != "/")
      return whole_arithmetic(static_cast<int64_t>(a), sign, static_cast<int64_t>(b));
    if (sign == "+") return a + b;
    if (sign == "-") return a - b;
    if (sign == "*") return a * b;
    if (sign == "/") return a / b;
    if (sign == "//") return std::floor(a / b);
    if (sign == "%") return a - b * std::floor(a / b);
    return std::pow(a, b);
  }

  static Value whole_arithmetic(int64_t a, const std::string& sign, int64_t b) {
    int64_t out = 0;
    bool beyond = false;
    if (sign == "+") beyond = __builtin_add_overflow(a, b, &out);
    if (sign == "-") beyond = __builtin_sub_overflow(a, b, &out);
    if (sign == "*") beyond = __builtin_mul_overflow(a, b, &out);
    if (sign == "//" || sign == "%") {
      if (b == -1) return sign == "%" ? Value(int64_t{0}) : negative(Value(a));
      const int64_t rest = a % b, floored = a / b - (rest != 0 && (rest < 0) != (b < 0));
      return sign == "//" ? floored : a - floored * b;
    }
    if (sign == "**") {
      if (b < 0) return std::pow(static_cast<double>(a), static_cast<double>(b));
      require(b < 64 || (a >= -1 && a <= 1), "a number beyond 64 bits");
      out = 1;
      for (int64_t i = 0; i < (b < 64 ? b : 64 + b % 2); ++i)
        beyond = __builtin_mul_overflow(out, a, &out) || beyond;
    }
    require(!beyond, "a number beyond 64 bits");
    return out;
  }

  static std::string bounded(std::string text) {
    require(text.size() <= kMostText, "a text beyond {} MiB", kMostText >> 20);
    return text;
  }

  Value named(const std::string& name) {
    if (const Value* found = find(name)) return *found;
    if (name == "strftime_now")
      return make_function([this](const Arguments& a) { return time_text(a); });
    Value global = global_function(name);
    return global.is_undefined() ? Value(Undefined{name}) : global;
  }
  Value time_text(const Arguments& a) const {
    require(!a.positional.empty() && a.positional[0].text(), "strftime_now: no format");
    const std::time_t seconds = now_;
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    std::array<char, 256> text{};
    const size_t size =
        std::strftime(text.data(), text.size(), a.positional[0].text()->c_str(), &parts);
    return std::string(text.data(), size);
  }
  const Value* find(const std::string& name) const {
    for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope)
      if (const auto found = scope->find(name); found != scope->end()) return &found->second;
    return nullptr;
  }

  // Errors of what stands below know no place: they get it here, the innermost wins.
  template <class Work>
  auto at(Place place, Work&& work) -> decltype(work()) {
    try {
      return work();
    } catch (const Error& error) {
      if (std::string_view(error.what()).starts_with("line ")) throw;
      fail_at(place, error.what());
    }
  }
  void step(Place place) {
    if (++steps_ > kMostSteps) fail_at(place, "the template does not come to an end");
  }
  void say(const std::string& text, Place place, std::string& out) const {
    if (out.size() + text.size() > kMostText)
      fail_at(place, fmt::format("a text beyond {} MiB", kMostText >> 20));
    out += text;
  }

  int64_t now_, steps_ = 0;
  int calls_ = 0;
  std::vector<Names> scopes_;
};

}  // namespace
}  // namespace jinja

struct ChatTemplate::Program {
  jinja::Body body;
};

ChatTemplate::ChatTemplate(std::string_view text, std::string source)
    : source_(std::move(source)), program_(std::make_unique<Program>()) {
  try {
    program_->body = jinja::parse_template(text);
  } catch (const Error& error) {
    fail("{}: {}", source_, error.what());
  }
}
ChatTemplate::~ChatTemplate() = default;
ChatTemplate::ChatTemplate(ChatTemplate&&) noexcept = default;
ChatTemplate& ChatTemplate::operator=(ChatTemplate&&) noexcept = default;

std::string ChatTemplate::render(const Json& variables, int64_t now) const {
  std::string out;
  try {
    jinja::Evaluation(variables, now).run(program_->body, out);
  } catch (const Error& error) {
    fail("{}: {}", source_, error.what());
  }
  return out;
}

}  // namespace offprint::data
