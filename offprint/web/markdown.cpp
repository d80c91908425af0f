#include "offprint/web/markdown.h"

#include <cmark.h>

#include <memory>
#include <string>
#include <vector>

#include "offprint/web/math_view.h"

namespace offprint::web {
namespace {

std::vector<cmark_node*> nodes_of(cmark_node* root, cmark_node_type type) {
  cmark_iter* iter = cmark_iter_new(root);
  std::vector<cmark_node*> found;
  for (cmark_event_type event; (event = cmark_iter_next(iter)) != CMARK_EVENT_DONE;) {
    cmark_node* node = cmark_iter_get_node(iter);
    if (event == CMARK_EVENT_ENTER && cmark_node_get_type(node) == type) found.push_back(node);
  }
  cmark_iter_free(iter);
  return found;
}

// An image becomes a link to it: a page that is opened asks nobody outside for anything.
void images_to_links(cmark_node* root) {
  for (cmark_node* image : nodes_of(root, CMARK_NODE_IMAGE)) {
    cmark_node* link = cmark_node_new(CMARK_NODE_LINK);
    cmark_node_set_url(link, cmark_node_get_url(image));
    while (cmark_node* child = cmark_node_first_child(image)) cmark_node_append_child(link, child);
    cmark_node_replace(image, link);
    cmark_node_free(image);
  }
}

// A formula between dollars becomes MathML. TeX that Markdown reads too (\\{, *) is Markdown's.
void formulas(cmark_node* root) {
  cmark_consolidate_text_nodes(root);
  for (cmark_node* text : nodes_of(root, CMARK_NODE_TEXT)) {
    const std::string_view words = cmark_node_get_literal(text);
    if (words.find('$') == words.npos) continue;
    // What such a node holds is not escaped again.
    cmark_node* shown = cmark_node_new(CMARK_NODE_CUSTOM_INLINE);
    cmark_node_set_on_enter(shown, text_with_math(words).markup().c_str());
    cmark_node_replace(text, shown);
    cmark_node_free(text);
  }
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (size_t at = 0; (at = text.find(from, at)) != text.npos; at += to.size())
    text.replace(at, from.size(), to);
}

}  // namespace

Html markdown_view(std::string_view text) {
  const std::unique_ptr<cmark_node, void (*)(cmark_node*)> root(
      cmark_parse_document(text.data(), text.size(), CMARK_OPT_VALIDATE_UTF8), cmark_node_free);
  images_to_links(root.get());
  formulas(root.get());
  // Without CMARK_OPT_UNSAFE raw HTML is left out, and so are javascript:, vbscript:, file: and
  // most data: addresses.
  const std::unique_ptr<char, void (*)(void*)> rendered(
      cmark_render_html(root.get(), CMARK_OPT_DEFAULT), std::free);
  std::string html = rendered.get();
  replace_all(html, "<a href=", "<a rel=\"nofollow noopener\" href=");
  replace_all(html, "<pre>", "<pre tabindex=\"0\">");  // wide ones scroll
  return Html::trusted(std::move(html));
}

}  // namespace offprint::web
