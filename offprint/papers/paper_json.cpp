#include "offprint/papers/paper_json.h"

namespace offprint::papers {
namespace {

Json to_json(const Claim& claim) {
  Json bars = Json::object();
  for (const Scale scale : {Scale::quick, Scale::standard, Scale::full}) {
    const auto bar = claim.bar(scale);
    bars[std::string(scale_name(scale))] = bar ? Json(*bar) : Json(nullptr);
  }
  return {{"id", claim.id},
          {"statement", claim.statement},
          {"paper", claim.paper},
          {"confirmed", claim.confirmed},
          {"source", claim.source},
          {"setting", claim.setting},
          {"unit", claim.unit},
          {"direction", direction_name(claim.direction)},
          {"kind", kind_name(claim.kind)},
          {"bars", bars}};
}

}  // namespace

Json to_json(const Paper& paper, const std::optional<RunCard>& card) {
  Json json = {{"slug", paper.slug},
               {"arxiv", paper.arxiv},
               {"title", paper.title},
               {"authors", paper.authors},
               {"author_count", paper.author_count},
               {"organisation", paper.organisation},
               {"published", paper.published},
               {"comments", paper.comments},
               {"topic", paper.topic},
               {"code", paper.code},
               {"license", paper.licence},
               {"summary", paper.summary},
               {"runs", paper.runs()}};
  json["claims"] = Json::array();
  if (paper.claims)
    for (const Claim& claim : paper.claims()) json["claims"].push_back(to_json(claim));
  json["verdicts"] = nullptr;
  if (card) {
    json["verdicts"] = Json::object();
    for (const Verdict verdict : {Verdict::holds, Verdict::fails, Verdict::not_at_this_scale})
      json["verdicts"][std::string(verdict_name(verdict))] = count(*card, verdict);
  }
  return json;
}

}  // namespace offprint::papers
