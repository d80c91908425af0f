// What the paper claims and where we draw our bars. The GLUE averages are the brief's, quoted from
// the authors' repository; they need C4 and GPU days and are not measured here.
#include "offprint/papers/monarch_mixer/recipe.h"

namespace offprint::papers::monarch_mixer {
namespace {

using enum Direction;
using Bar = std::optional<double>;
constexpr Bar kNever = std::nullopt;

Claim identity(std::string id, std::string statement, std::string unit, double bar) {
  Claim c;
  c.id = std::move(id), c.statement = std::move(statement), c.unit = std::move(unit);
  c.paper = "none", c.source = "our own check", c.setting = "generated";
  c.direction = at_most, c.kind = ClaimKind::identity;
  c.quick = c.standard = c.full = bar;
  return c;
}

struct Place {
  std::string figure, source, setting;
};

Claim of_paper(ClaimKind kind, std::string id, std::string statement, std::string unit,
               Direction direction, Bar quick, Bar standard, Place place) {
  Claim c;
  c.id = std::move(id), c.statement = std::move(statement), c.unit = std::move(unit);
  c.direction = direction, c.kind = kind;
  c.quick = quick, c.standard = c.full = standard;
  c.paper = std::move(place.figure), c.source = "unconfirmed: " + std::move(place.source);
  c.setting = std::move(place.setting);
  return c;
}

std::vector<Claim> identities() {
  std::vector<Claim> all = {
      identity("dft-equals-fft", "Monarch products with DFT factors equal the FFT", "relative L2",
               1e-5),
      identity("product-equals-dense", "A Monarch product equals its dense matrix", "relative L2",
               1e-6),
      identity("gradients", "Gradients of products and convolution equal finite differences",
               "relative", 1e-6),
      identity("learned-causal-leak",
               "Learned causal factors: the largest slope of an output by a later input",
               "|dy_i/du_j|, j > i", 0),
      identity("padded-dft-leak",
               "Convolution by DFT factors on a doubled grid: the same, over the largest slope",
               "relative", 1e-12),
  };
  Claim circular =
      identity("circular-leak", "The form without padding does leak, so that the test can tell",
               "relative", 0.01);
  circular.direction = at_least;
  all.push_back(circular);
  return all;
}

std::vector<Claim> costs() {
  const auto kind = ClaimKind::trend;
  return {
      of_paper(kind, "cost-exponent", "Cost of order 2 over N: distance of the exponent from 1.5",
               "|exponent - 1.5|", at_most, 0.1, 0.1, {"N^1.5", "theorem", "order 2"}),
      of_paper(kind, "attention-exponent", "Cost of attention over the steps: exponent", "exponent",
               at_least, 1.9, 1.9, {"2", "text", "self-attention"}),
      of_paper(kind, "over-attention",
               "Forward and backward at the longest sequence: attention over ours", "x", at_least,
               4, 4, {"up to 9.1", "throughput table", "4K tokens, GPU, whole model"}),
  };
}

std::vector<Claim> qualities() {
  const auto kind = ClaimKind::headline;
  return {
      of_paper(kind, "glue", "Average GLUE of M2-BERT-base, 80 M parameters", "GLUE", at_least,
               kNever, kNever, {"79.9", "authors' repository", "C4 pretraining, MNLI start"}),
      of_paper(kind, "masked-behind",
               "Masked text: loss above the Transformer's, at most 75 % of its size", "nats",
               at_most, kNever, 0.02,
               {"equal GLUE with 27 % fewer", "main table", "BERT-base, C4"}),
      of_paper(kind, "causal-behind", "Running text: loss above the GPT's, at equal parameters",
               "nats", at_most, kNever, 0.03, {"equal at 360 M", "table", "The Pile"}),
      of_paper(kind, "vit-behind",
               "Images: accuracy below the ViT's, at most 55 % of its parameters", "points",
               at_most, kNever, 0.5,
               {"1 % above, half the parameters", "table", "ImageNet, ViT-b"}),
  };
}

}  // namespace

std::vector<Claim> claims() {
  std::vector<Claim> all = identities();
  for (const auto& part : {costs(), qualities()}) all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace offprint::papers::monarch_mixer
