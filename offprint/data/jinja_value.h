// Values of a Jinja template as Python has them. For chat_template's files.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "offprint/core/json.h"

namespace offprint::data::jinja {

struct Value;
using List = std::vector<Value>;
using Dict = std::vector<std::pair<std::string, Value>>;  // in order of arrival
struct Arguments {
  List positional;
  Dict named;
};
using Function = std::function<Value(const Arguments&)>;

struct Undefined {
  std::string name;  // what was asked for
};

// Lists, dicts and namespaces are shared, as in Python: a copy of the value is the same list.
struct Value {
  std::variant<Undefined, std::nullptr_t, bool, int64_t, double, std::string, std::shared_ptr<List>,
               std::shared_ptr<Dict>, std::shared_ptr<Function>>
      is;

  Value() = default;
  template <class T>
  requires(!std::same_as<std::remove_cvref_t<T>, Value>) Value(T&& value)
      : is(std::forward<T>(value)) {}  // NOLINT: any alternative is a value

  template <class T>
  const T* as() const {
    return std::get_if<T>(&is);
  }
  const std::string* text() const { return as<std::string>(); }
  List* list() const { return pointer<List>(); }
  Dict* dict() const { return pointer<Dict>(); }
  bool is_undefined() const { return as<Undefined>() != nullptr; }
  bool is_none() const { return as<std::nullptr_t>() != nullptr; }
  bool is_number() const;                           // true and false too, as in Python
  const Value* member(std::string_view key) const;  // of a dict; null where it is not

 private:
  template <class T>
  T* pointer() const {
    const auto* held = as<std::shared_ptr<T>>();
    return held ? held->get() : nullptr;
  }
};

Value make_list(List items);
Value make_dict(Dict members);
Value make_function(Function function);
void set_member(Dict& dict, std::string_view key, Value value);
// Throws Error where `whole` stands somewhere in `part`: a list that holds itself is never freed.
void require_outside(const Value& whole, const Value& part);

Value from_json(const Json& json);
// Python's json.dumps with ensure_ascii off: ", " and ": " on one line. Throws Error on functions
// and undefined values. `indent` below 0: one line.
std::string to_json_text(const Value& value, int indent = -1);

bool truth(const Value& value);
std::string_view kind(const Value& value);  // "a string", as messages say it
std::string to_text(const Value& value);    // Python's str(); undefined is ""
std::string to_repr(const Value& value);    // Python's repr()
double to_number(const Value& value);       // Throws Error on what is none
bool equal(const Value& a, const Value& b);
// Below, equal, above: -1, 0, 1. Throws Error on values without an order.
int compare(const Value& a, const Value& b);
// What `in` says. Throws Error where nothing can be in `whole`.
bool contains(const Value& whole, const Value& part);

// Characters of UTF-8 text, for Python's len, indices and slices.
std::vector<std::string_view> characters(std::string_view text);
// Items that a loop goes over: of a list, keys of a dict, characters of a text; undefined has none.
List items_of(const Value& value);

}  // namespace offprint::data::jinja
