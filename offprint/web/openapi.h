// The JSON API described for programs, as OpenAPI 3.1 (served at /api/openapi.json).
#pragma once
#include <span>

#include "offprint/core/json.h"
#include "offprint/web/routes.h"

namespace offprint::web {

// Paths, methods and failures follow from the routes that name an operation, what it takes and
// answers from assets/api.json, runs and their options from the catalog of papers.
Json openapi(std::span<const Route> routes);

}  // namespace offprint::web
