#include "offprint/papers/recipe_run.h"

#include <algorithm>

#include "offprint/core/error.h"

namespace offprint::papers {

void require_positive(const std::vector<OptionField>& fields,
                      std::initializer_list<std::string_view> may_be_zero) {
  for (const OptionField& field : fields)
    if (const auto* size = std::get_if<int64_t*>(&field.value))
      require(**size >= (std::ranges::count(may_be_zero, field.name) > 0 ? 0 : 1),
              "--{}: {}, expected a positive number", field.name, **size);
}

RunCard begin_card(const RunRequest& request, const std::vector<OptionField>& fields) {
  RunCard card;
  card.scale = scale_name(request.scale);
  card.seed = request.seed, card.device = request.device;
  card.options = options_to_json(fields);
  return card;
}

}  // namespace offprint::papers
