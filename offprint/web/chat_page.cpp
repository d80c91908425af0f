#include "offprint/web/chat_page.h"

#include "offprint/web/served_model.h"

namespace offprint::web {

extern const std::string_view kChatJs;  // assets/chat.js

namespace {

Html hidden_button(const char* part, const char* text) {
  return element("button", {{"type", "button"}, {"data-part", part}, {"hidden", "hidden"}}, text);
}

Html conversation(const std::string& model) {
  const Html box =
      element("textarea", {{"id", "say"},
                           {"data-part", "box"},
                           {"rows", "3"},
                           {"disabled", "disabled"},
                           {"placeholder", "Enter sends, Shift and Enter breaks the line"}});
  const Html buttons = {
      element("button",
              {{"type", "submit"},
               {"class", "primary"},
               {"data-part", "send"},
               {"disabled", "disabled"}},
              "Send"),
      hidden_button("stop", "Stop"),
      element("button", {{"type", "button"}, {"data-part", "fresh"}}, "Begin anew"),
      element("span", {{"class", "small"}, {"role", "status"}, {"data-part", "state"}})};
  return element(
      "form", {{"class", "talk"}, {"data-model", model}},
      {element("div", {{"data-part", "log"}, {"role", "log"}, {"aria-label", "Conversation"}}),
       element("label", {{"for", "say"}, {"class", "hidden"}}, "Your message"), box,
       element("p", {{"class", "actions"}}, buttons)});
}

}  // namespace

std::string_view chat_script() { return kChatJs; }

const std::string& chat_script_path() {
  static const std::string path = asset_path("chat", "js", kChatJs);
  return path;
}

Page chat_page(const Site& site, const Visitor& visitor) {
  Page page;
  page.title = "Chat";
  const ServedModel* model = site.model();
  if (!model || !model->chat.chat) {
    page.main = {plain("h1", "Chat"),
                 plain("p", model ? "The model that is served was not made for conversations."
                                  : "No language model is served here. Start the server with one:"),
                 preformatted("offprint serve --model smollm2")};
    return page;
  }
  page.main = plain("h1", "Chat with " + model->name);
  if (!visitor.user) {
    page.main += plain("p", {element("a", {{"href", "/login"}}, "Log in"), " to ask it."});
    return page;
  }
  page.script = chat_script_path();
  page.main +=
      {element("p", {{"class", "lede"}},
               {"It runs on this machine, and nothing you write leaves it or is kept. Programs ask "
                "it at ",
                plain("code", "/v1"), ", as they would OpenAI."}),
       conversation(model->name),
       plain("noscript",
             plain("p", "This page needs its script; without, ask with any client at /v1."))};
  return page;
}

}  // namespace offprint::web
