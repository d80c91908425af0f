#include "offprint/tasks/record_fields.h"

#include <doctest/doctest.h>

using namespace offprint::tasks;

namespace {

std::string shown(std::string_view text) {
  std::string all;
  for (const RecordField& field : record_fields(text)) {
    CHECK(text.substr(field.at, field.value.size()) == field.value);
    all += field.name + "=" + field.value + ";";
  }
  return all;
}

}  // namespace

TEST_CASE("records: JSON, pairs with colons and with equals signs, and what is neither") {
  CHECK(shown(R"({"age": 34, "sex": "female", "note": "a, b"})") == "age=34;sex=female;note=a, b;");
  CHECK(shown("age: 34; sex: female | income = 45,000\nrace: white") ==
        "age=34;sex=female;income=45,000;race=white;");
  CHECK(shown("nothing here, nor: ") == "");
  CHECK(shown("") == "");
  CHECK(shown("time: 10:30") == "time=10:30;");
  CHECK(shown("\"open: x") == "open=x;");
}

TEST_CASE("records: numbers with what people write around them") {
  CHECK(field_number("45") == 45);
  CHECK(field_number("$45,000") == 45000);
  CHECK(field_number("-1.5") == -1.5);
  CHECK_FALSE(field_number("Bachelor"));
  CHECK_FALSE(field_number("30-39"));
  CHECK_FALSE(field_number(""));
}
