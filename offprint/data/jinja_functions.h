// Filters, tests and methods of Jinja. For chat_template's files.
#pragma once
#include <string_view>

#include "offprint/data/jinja_value.h"

namespace offprint::data::jinja {

// Each throws Error on an unknown name and on values it is not for. `arguments` are those after the
// value.
Value apply_filter(std::string_view name, const Value& value, const Arguments& arguments);
bool apply_test(std::string_view name, const Value& value, const Arguments& arguments);
// A member of a dict, or a method of a text, list or dict bound to it; undefined where neither.
Value attribute_of(const Value& value, const std::string& name);
// value[index], and value[begin:end:step] with undefined for what is left out.
Value item_of(const Value& value, const Value& index);
Value slice_of(const Value& value, const Value& begin, const Value& end, const Value& step);
// range, namespace, dict, raise_exception.
Value global_function(std::string_view name);  // undefined where there is none

}  // namespace offprint::data::jinja
