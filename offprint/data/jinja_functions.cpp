#include "offprint/data/jinja_functions.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include "offprint/core/error.h"
#include "offprint/data/jinja_text.h"

namespace offprint::data::jinja {
namespace {

constexpr int64_t kMostItems = 100000;  // of range

template <class Call>
struct Named {
  std::string_view name;
  Call call;
};
using Filter = Value (*)(const Value&, const Arguments&);
using Test = bool (*)(const Value&, const Arguments&);

// The argument by position or by name; null where it is not given.
const Value* argument(const Arguments& a, size_t position, std::string_view name) {
  if (position < a.positional.size()) return &a.positional[position];
  const auto found = std::ranges::find(a.named, name, &Dict::value_type::first);
  return found == a.named.end() ? nullptr : &found->second;
}
const Value& needed(const Arguments& a, size_t position, std::string_view name) {
  const Value* found = argument(a, position, name);
  require(found != nullptr, "argument {} ('{}') is missing", position + 1, name);
  return *found;
}
std::string text_or(const Arguments& a, size_t position, std::string_view name, std::string other) {
  const Value* found = argument(a, position, name);
  return found == nullptr ? std::move(other) : to_text(*found);
}
bool flag(const Arguments& a, size_t position, std::string_view name) {
  const Value* found = argument(a, position, name);
  return found != nullptr && truth(*found);
}
int64_t whole_of(const Value& value) {
  if (const auto* whole = value.as<int64_t>()) return *whole;
  if (const auto* is = value.as<bool>()) return *is ? 1 : 0;
  fail("{}, expected a whole number", kind(value));
}

// "a.b.0" of an item, as map, sort and their like name it.
Value path_of(const Value& item, const std::string& path) {
  Value value = item;
  for (size_t at = 0; at <= path.size();) {
    const size_t end = std::min(path.find('.', at), path.size());
    const std::string step = path.substr(at, end - at);
    int64_t index = 0;
    const auto read = std::from_chars(step.data(), step.data() + step.size(), index);
    const bool is_index = !step.empty() && read.ptr == step.data() + step.size();
    value = is_index && value.dict() == nullptr ? item_of(value, index) : attribute_of(value, step);
    at = end + 1;
  }
  return value;
}

Arguments after(const Arguments& a, size_t count) {
  Arguments rest = a;
  rest.positional.erase(
      rest.positional.begin(),
      rest.positional.begin() + static_cast<int64_t>(std::min(count, a.positional.size())));
  return rest;
}

// select, reject, selectattr, rejectattr.
Value chosen(const Value& value, const Arguments& a, bool wanted, bool by_attribute) {
  const std::string path = by_attribute ? to_text(needed(a, 0, "attribute")) : "";
  const size_t at = by_attribute ? 1 : 0;
  const bool has_test = a.positional.size() > at;
  const std::string test = has_test ? to_text(a.positional[at]) : "";
  const Arguments rest = after(a, at + 1);
  List items;
  for (const Value& item : items_of(value)) {
    const Value tested = by_attribute ? path_of(item, path) : item;
    const bool passed = has_test ? apply_test(test, tested, rest) : truth(tested);
    if (passed == wanted) items.push_back(item);
  }
  return make_list(std::move(items));
}

Value mapped(const Value& value, const Arguments& a) {
  List items;
  const Value* attribute = argument(a, a.positional.size(), "attribute");
  const Value* other = argument(a, a.positional.size(), "default");
  const std::string filter = attribute ? "" : to_text(needed(a, 0, "filter"));
  for (const Value& item : items_of(value)) {
    Value made =
        attribute ? path_of(item, to_text(*attribute)) : apply_filter(filter, item, after(a, 1));
    if (made.is_undefined() && other != nullptr) made = *other;
    items.push_back(std::move(made));
  }
  return make_list(std::move(items));
}

Value sorted(const Value& value, const Arguments& a) {
  const std::string path = text_or(a, 2, "attribute", "");
  const bool cased = flag(a, 1, "case_sensitive"), reverse = flag(a, 0, "reverse");
  const auto key = [&](const Value& item) {
    const Value found = path.empty() ? item : path_of(item, path);
    return found.text() != nullptr && !cased ? Value(lower_case(*found.text())) : found;
  };
  List items = items_of(value);
  std::ranges::stable_sort(items, [&](const Value& x, const Value& y) {
    return reverse ? compare(key(x), key(y)) > 0 : compare(key(x), key(y)) < 0;
  });
  return make_list(std::move(items));
}

Value pairs_of(const Value& value) {
  List items;
  if (value.is_undefined()) return make_list({});
  require(value.dict() != nullptr, "items: {}, expected a dict", kind(value));
  for (const auto& [key, member] : *value.dict()) items.push_back(make_list({Value(key), member}));
  return make_list(std::move(items));
}

Value extreme(const Value& value, int order, std::string_view name) {
  const List items = items_of(value);
  require(!items.empty(), "{}: of nothing", name);
  const Value* best = &items.front();
  for (const Value& item : items)
    if (compare(item, *best) == order) best = &item;
  return *best;
}

Value length_of(const Value& value, const Arguments&) {
  return static_cast<int64_t>(items_of(value).size());
}
Value defaulted(const Value& value, const Arguments& a) {
  const bool absent = value.is_undefined() || (flag(a, 1, "boolean") && !truth(value));
  if (!absent) return value;
  const Value* other = argument(a, 0, "default_value");
  return other == nullptr ? Value(std::string()) : *other;
}
Value as_json(const Value& value, const Arguments& a) {
  const Value* indent = argument(a, 0, "indent");
  const bool lines = indent != nullptr && !indent->is_none();
  return to_json_text(value,
                      lines ? static_cast<int>(std::clamp<int64_t>(whole_of(*indent), 0, 16)) : -1);
}
Value joined(const Value& value, const Arguments& a) {
  const std::string between = text_or(a, 0, "d", ""), path = text_or(a, 1, "attribute", "");
  std::string out;
  bool first = true;
  for (const Value& item : items_of(value)) {
    out += (first ? "" : between) + to_text(path.empty() ? item : path_of(item, path));
    first = false;
  }
  return out;
}
Value unique(const Value& value, const Arguments&) {
  List items;
  for (const Value& item : items_of(value))
    if (std::ranges::none_of(items, [&](const Value& v) { return equal(v, item); }))
      items.push_back(item);
  return make_list(std::move(items));
}
Value reversed(const Value& value, const Arguments&) {
  List items = items_of(value);
  std::ranges::reverse(items);
  if (value.text() == nullptr) return make_list(std::move(items));
  std::string out;
  for (const Value& c : items) out += *c.text();
  return out;
}
Value dict_sorted(const Value& value, const Arguments&) {
  Arguments by_key;
  by_key.named.emplace_back("attribute", std::string("0"));
  return sorted(pairs_of(value), by_key);
}
Value rounded(const Value& value, const Arguments& a) {
  const Value* precision = argument(a, 0, "precision");
  const double scale = std::pow(10.0, precision ? to_number(*precision) : 0.0);
  return std::nearbyint(to_number(value) * scale) / scale;
}
Value as_whole(const Value& value, const Arguments&) {
  if (value.is_number()) return static_cast<int64_t>(std::clamp(to_number(value), -9e18, 9e18));
  int64_t number = 0;
  const std::string text = strip(to_text(value), std::nullopt, true, true);
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  return read.ptr == text.data() + text.size() ? number : int64_t{0};
}
Value as_float(const Value& value, const Arguments&) {
  return value.is_number() ? to_number(value) : std::atof(to_text(value).c_str());
}
Value summed(const Value& value, const Arguments&) {
  int64_t whole = 0;
  double sum = 0;
  bool all_whole = true;
  for (const Value& item : items_of(value)) {
    if (const auto* n = item.as<int64_t>())
      whole += *n;
    else
      all_whole = false;
    sum += to_number(item);
  }
  return all_whole ? Value(whole) : Value(sum);
}
Value first_of(const Value& value, const Arguments&) {
  const List items = items_of(value);
  return items.empty() ? Value(Undefined{"first"}) : items.front();
}
Value last_of(const Value& value, const Arguments&) {
  const List items = items_of(value);
  return items.empty() ? Value(Undefined{"last"}) : items.back();
}
Value absolute(const Value& value, const Arguments&) {
  if (const auto* whole = value.as<int64_t>()) return *whole < 0 ? -*whole : *whole;
  return std::abs(to_number(value));
}
// A method of texts as a filter: trim, upper, ...
template <const char* kMethod>
Value by_method(const Value& value, const Arguments& a) {
  return call_text_method(to_text(value), kMethod, a);
}
constexpr char kUpper[] = "upper", kLower[] = "lower", kCapitalize[] = "capitalize",
               kStrip[] = "strip", kReplace[] = "replace";

constexpr auto kFilters = std::to_array<Named<Filter>>({
    {"abs", absolute},
    {"capitalize", by_method<kCapitalize>},
    {"count", length_of},
    {"d", defaulted},
    {"default", defaulted},
    {"dictsort", dict_sorted},
    {"first", first_of},
    {"float", as_float},
    {"indent",
     [](const Value& v, const Arguments& a) {
       const Value* width = argument(a, 0, "width");
       const std::string blanks =
           width && width->text()
               ? *width->text()
               : std::string(
                     static_cast<size_t>(std::clamp<int64_t>(width ? whole_of(*width) : 4, 0, 100)),
                     ' ');
       return Value(indent_lines(to_text(v), blanks, flag(a, 1, "first"), flag(a, 2, "blank")));
     }},
    {"int", as_whole},
    {"items", [](const Value& v, const Arguments&) { return pairs_of(v); }},
    {"join", joined},
    {"last", last_of},
    {"length", length_of},
    {"list", [](const Value& v, const Arguments&) { return make_list(items_of(v)); }},
    {"lower", by_method<kLower>},
    {"map", mapped},
    {"max", [](const Value& v, const Arguments&) { return extreme(v, 1, "max"); }},
    {"min", [](const Value& v, const Arguments&) { return extreme(v, -1, "min"); }},
    {"reject", [](const Value& v, const Arguments& a) { return chosen(v, a, false, false); }},
    {"rejectattr", [](const Value& v, const Arguments& a) { return chosen(v, a, false, true); }},
    {"replace", by_method<kReplace>},
    {"reverse", reversed},
    {"round", rounded},
    {"safe", [](const Value& v, const Arguments&) { return v; }},
    {"select", [](const Value& v, const Arguments& a) { return chosen(v, a, true, false); }},
    {"selectattr", [](const Value& v, const Arguments& a) { return chosen(v, a, true, true); }},
    {"sort", sorted},
    {"string", [](const Value& v, const Arguments&) { return Value(to_text(v)); }},
    {"sum", summed},
    {"title", [](const Value& v, const Arguments&) { return Value(titled_words(to_text(v))); }},
    {"tojson", as_json},
    {"trim", by_method<kStrip>},
    {"unique", unique},
    {"upper", by_method<kUpper>},
});

template <int kLow, int kHigh>
bool ordered(const Value& v, const Arguments& a) {
  const int order = compare(v, needed(a, 0, "other"));
  return order >= kLow && order <= kHigh;
}
bool same(const Value& v, const Arguments& a) { return equal(v, needed(a, 0, "other")); }
bool other(const Value& v, const Arguments& a) { return !same(v, a); }

constexpr auto kTests = std::to_array<Named<Test>>({
    {"!=", other},
    {"<", ordered<-1, -1>},
    {"<=", ordered<-1, 0>},
    {"==", same},
    {">", ordered<1, 1>},
    {">=", ordered<0, 1>},
    {"boolean", [](const Value& v, const Arguments&) { return v.as<bool>() != nullptr; }},
    {"callable",
     [](const Value& v, const Arguments&) { return v.as<std::shared_ptr<Function>>() != nullptr; }},
    {"defined", [](const Value& v, const Arguments&) { return !v.is_undefined(); }},
    {"divisibleby",
     [](const Value& v, const Arguments& a) {
       const int64_t by = whole_of(needed(a, 0, "num"));
       require(by != 0, "divisibleby 0");
       return by == -1 || whole_of(v) % by == 0;
     }},
    {"eq", same},
    {"equalto", same},
    {"even", [](const Value& v, const Arguments&) { return whole_of(v) % 2 == 0; }},
    {"false", [](const Value& v, const Arguments&) { return v.as<bool>() && !*v.as<bool>(); }},
    {"float", [](const Value& v, const Arguments&) { return v.as<double>() != nullptr; }},
    {"ge", ordered<0, 1>},
    {"greaterthan", ordered<1, 1>},
    {"gt", ordered<1, 1>},
    {"in", [](const Value& v, const Arguments& a) { return contains(needed(a, 0, "seq"), v); }},
    {"integer", [](const Value& v, const Arguments&) { return v.as<int64_t>() != nullptr; }},
    {"iterable",
     [](const Value& v,
        const Arguments&) { return v.text() || v.list() || v.dict() || v.is_undefined(); }},
    {"le", ordered<-1, 0>},
    {"lessthan", ordered<-1, -1>},
    {"lower", [](const Value& v, const Arguments&) { return has_case(to_text(v), false); }},
    {"lt", ordered<-1, -1>},
    {"mapping", [](const Value& v, const Arguments&) { return v.dict() != nullptr; }},
    {"ne", other},
    {"none", [](const Value& v, const Arguments&) { return v.is_none(); }},
    {"number", [](const Value& v, const Arguments&) { return v.is_number(); }},
    {"odd", [](const Value& v, const Arguments&) { return whole_of(v) % 2 != 0; }},
    {"sequence",
     [](const Value& v,
        const Arguments&) { return v.text() || v.list() || v.dict() || v.is_undefined(); }},
    {"string", [](const Value& v, const Arguments&) { return v.text() != nullptr; }},
    {"true", [](const Value& v, const Arguments&) { return v.as<bool>() && *v.as<bool>(); }},
    {"undefined", [](const Value& v, const Arguments&) { return v.is_undefined(); }},
    {"upper", [](const Value& v, const Arguments&) { return has_case(to_text(v), true); }},
});

template <class Table>
auto entry(const Table& table, std::string_view name, std::string_view what) {
  const auto found = std::ranges::find(table, name, [](const auto& e) { return e.name; });
  require(found != table.end(), "there is no {} '{}'", what, name);
  return found->call;
}

Value dict_method(const Value& self, const std::string& name) {
  if (name == "items") return make_function([self](const Arguments&) { return pairs_of(self); });
  if (name == "keys" || name == "values")
    return make_function([self, keys = name == "keys"](const Arguments&) {
      List items;
      for (const auto& [key, member] : *self.dict()) items.push_back(keys ? Value(key) : member);
      return make_list(std::move(items));
    });
  if (name == "get")
    return make_function([self](const Arguments& a) {
      const Value* found = self.member(to_text(needed(a, 0, "key")));
      const Value* standby = argument(a, 1, "default");
      return found ? *found : standby ? *standby : Value(nullptr);
    });
  if (name == "update")
    return make_function([self](const Arguments& a) {
      const Dict more = a.positional.empty() ? a.named : [&] {
        require(a.positional[0].dict() != nullptr, "update: {}, expected a dict",
                kind(a.positional[0]));
        return *a.positional[0].dict();
      }();
      for (const auto& [key, member] : more) {
        require_outside(self, member);
        set_member(*self.dict(), key, member);
      }
      return Value(nullptr);
    });
  return Undefined{name};
}

Value list_method(const Value& self, const std::string& name) {
  if (name == "append")
    return make_function([self](const Arguments& a) {
      require(self.list()->size() < static_cast<size_t>(kMostItems), "append: a list of {} items",
              kMostItems);
      require_outside(self, needed(a, 0, "item"));
      self.list()->push_back(needed(a, 0, "item"));
      return Value(nullptr);
    });
  if (name == "pop")
    return make_function([self](const Arguments& a) {
      List& list = *self.list();
      const auto size = static_cast<int64_t>(list.size());
      const Value* given = argument(a, 0, "index");
      int64_t at = given ? whole_of(*given) : -1;
      at += at < 0 ? size : 0;
      require(at >= 0 && at < size, "pop: of {} items", size);
      Value taken = list[static_cast<size_t>(at)];
      list.erase(list.begin() + at);
      return taken;
    });
  return Undefined{name};
}

Value range(const Arguments& a) {
  require(!a.positional.empty() && a.positional.size() <= 3, "range: one to three whole numbers");
  const auto at = [&](size_t i) { return whole_of(a.positional[i]); };
  const bool one = a.positional.size() == 1;
  const int64_t begin = one ? 0 : at(0), end = one ? at(0) : at(1);
  const int64_t step = a.positional.size() == 3 ? at(2) : 1;
  require(step != 0, "range: step 0");
  List items;
  for (int64_t i = begin; step > 0 ? i < end : i > end; i += step) {
    require(items.size() < static_cast<size_t>(kMostItems), "range: more than {} numbers",
            kMostItems);
    items.emplace_back(i);
    if (__builtin_add_overflow_p(i, step, int64_t{})) break;
  }
  return make_list(std::move(items));
}

}  // namespace

Value apply_filter(std::string_view name, const Value& value, const Arguments& arguments) {
  return entry(kFilters, name, "filter")(value, arguments);
}

bool apply_test(std::string_view name, const Value& value, const Arguments& arguments) {
  return entry(kTests, name, "test")(value, arguments);
}

Value attribute_of(const Value& value, const std::string& name) {
  if (value.dict() != nullptr) {
    const Value* found = value.member(name);
    return found ? *found : dict_method(value, name);
  }
  if (value.list() != nullptr) return list_method(value, name);
  if (const auto* text = value.text(); text && is_text_method(name))
    return make_function(
        [text = *text, name](const Arguments& a) { return call_text_method(text, name, a); });
  require(!value.is_undefined(), "'{}' is undefined and has no '{}'",
          value.as<Undefined>() ? value.as<Undefined>()->name : "", name);
  return Undefined{name};
}

Value item_of(const Value& value, const Value& index) {
  if (index.text() != nullptr) return attribute_of(value, *index.text());
  require(!value.is_undefined(), "'{}' is undefined and has no items",
          value.as<Undefined>() ? value.as<Undefined>()->name : "");
  if (value.list() == nullptr && value.text() == nullptr) return Undefined{to_text(index)};
  const List items = value.list() ? List{} : items_of(value);
  const List& all = value.list() ? *value.list() : items;
  const auto size = static_cast<int64_t>(all.size());
  int64_t at = whole_of(index);
  at += at < 0 ? size : 0;
  if (at < 0 || at >= size) return Undefined{to_text(index)};
  return all[static_cast<size_t>(at)];
}

Value slice_of(const Value& value, const Value& begin, const Value& end, const Value& step) {
  require(value.list() != nullptr || value.text() != nullptr,
          "a slice of {}, expected a list or a string", kind(value));
  const List all = items_of(value);
  const auto size = static_cast<int64_t>(all.size());
  const auto absent = [](const Value& v) { return v.is_undefined() || v.is_none(); };
  const int64_t by = absent(step) ? 1 : whole_of(step);
  require(by != 0, "a slice of step 0");
  const auto place = [&](const Value& v, int64_t other_place) {
    if (absent(v)) return other_place;
    const int64_t at = whole_of(v);
    return std::clamp(at < 0 ? at + size : at, by > 0 ? int64_t{0} : int64_t{-1},
                      by > 0 ? size : size - 1);
  };
  const int64_t first = place(begin, by > 0 ? 0 : size - 1), last = place(end, by > 0 ? size : -1);
  List items;
  for (int64_t i = first; by > 0 ? i < last : i > last; i += by) {
    items.push_back(all[static_cast<size_t>(i)]);
    if (by > size || by < -size) break;
  }
  if (value.list() != nullptr) return make_list(std::move(items));
  std::string text;
  for (const Value& c : items) text += *c.text();
  return text;
}

Value global_function(std::string_view name) {
  if (name == "range") return make_function(range);
  if (name == "namespace" || name == "dict")
    return make_function([](const Arguments& a) {
      Dict members =
          a.positional.empty() || !a.positional[0].dict() ? Dict{} : *a.positional[0].dict();
      for (const auto& [key, member] : a.named) set_member(members, key, member);
      return make_dict(std::move(members));
    });
  if (name == "raise_exception")
    return make_function([](const Arguments& a) -> Value {
      fail("the template refuses this conversation: {}", text_or(a, 0, "message", ""));
    });
  return Undefined{std::string(name)};
}

}  // namespace offprint::data::jinja
