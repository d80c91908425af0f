// The language model that the server answers with, and the queue of those who ask it.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>

#include "offprint/tasks/chat.h"
#include "offprint/tasks/completion_queue.h"

namespace offprint::web {

struct ServedModel {
  // `name` is what clients call it. Throws Error on what is no model's file; one without a chat
  // template answers no conversations.
  ServedModel(const std::filesystem::path& file, std::string name,
              const tasks::CompletionLimits& limits = {});
  const std::string name;
  const int64_t since;  // seconds since 1970 UTC
  const tasks::ChatModel chat;
  tasks::CompletionQueue queue;
};

}  // namespace offprint::web
