#include "offprint/web/served_model.h"

#include <ctime>

namespace offprint::web {

ServedModel::ServedModel(const std::filesystem::path& file, std::string given,
                         const tasks::CompletionLimits& limits)
    : name(std::move(given)),
      since(std::time(nullptr)),
      chat(tasks::load_chat_model(file, false)),
      queue(chat.model, limits) {}

}  // namespace offprint::web
