// Mistakes as clients of OpenAI's API read them.
#pragma once
#include <string>

#include "offprint/core/error.h"
#include "offprint/core/json.h"

namespace offprint::web {

// A mistake in a request: which member, and a word for programs ("" for none).
class RequestError : public Error {
 public:
  RequestError(const std::string& what, std::string about, std::string word = "", int http = 400)
      : Error(what), param(std::move(about)), code(std::move(word)), status(http) {}
  std::string param, code;
  int status;
};

// {"error": {"message", "type", "param", "code"}}; the type follows from the HTTP status.
Json openai_error(int status, const std::string& message, const std::string& param = "",
                  const std::string& code = "");

}  // namespace offprint::web
