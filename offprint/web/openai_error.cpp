#include "offprint/web/openai_error.h"

namespace offprint::web {

Json openai_error(int status, const std::string& message, const std::string& param,
                  const std::string& code) {
  const char* type = status >= 500   ? "server_error"
                     : status == 429 ? "rate_limit_error"
                     : status == 401 ? "authentication_error"
                     : status == 403 ? "permission_error"
                                     : "invalid_request_error";
  return {{"error",
           {{"message", message},
            {"type", type},
            {"param", param.empty() ? Json() : Json(param)},
            {"code", code.empty() ? Json() : Json(code)}}}};
}

}  // namespace offprint::web
