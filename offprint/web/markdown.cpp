#include "offprint/web/markdown.h"

#include <cmark.h>

#include <memory>
#include <string>

namespace offprint::web {
namespace {

// An image becomes a link to it: a page that is opened asks nobody outside for anything.
void images_to_links(cmark_node* root) {
  cmark_iter* iter = cmark_iter_new(root);
  std::vector<cmark_node*> images;
  for (cmark_event_type event; (event = cmark_iter_next(iter)) != CMARK_EVENT_DONE;) {
    cmark_node* node = cmark_iter_get_node(iter);
    if (event == CMARK_EVENT_ENTER && cmark_node_get_type(node) == CMARK_NODE_IMAGE)
      images.push_back(node);
  }
  cmark_iter_free(iter);
  for (cmark_node* image : images) {
    cmark_node* link = cmark_node_new(CMARK_NODE_LINK);
    cmark_node_set_url(link, cmark_node_get_url(image));
    while (cmark_node* child = cmark_node_first_child(image)) cmark_node_append_child(link, child);
    cmark_node_replace(image, link);
    cmark_node_free(image);
  }
}

}  // namespace

Html markdown_view(std::string_view text) {
  const std::unique_ptr<cmark_node, void (*)(cmark_node*)> root(
      cmark_parse_document(text.data(), text.size(), CMARK_OPT_VALIDATE_UTF8), cmark_node_free);
  images_to_links(root.get());
  // Without CMARK_OPT_UNSAFE raw HTML is left out, and so are javascript:, vbscript:, file: and
  // most data: addresses.
  const std::unique_ptr<char, void (*)(void*)> rendered(
      cmark_render_html(root.get(), CMARK_OPT_DEFAULT), std::free);
  std::string html = rendered.get();
  constexpr std::string_view kLink = "<a href=", kCareful = "<a rel=\"nofollow noopener\" href=";
  for (size_t at = 0; (at = html.find(kLink, at)) != html.npos; at += kCareful.size())
    html.replace(at, kLink.size(), kCareful);
  return Html::trusted(std::move(html));
}

}  // namespace offprint::web
