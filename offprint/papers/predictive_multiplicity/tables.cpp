#include "offprint/papers/predictive_multiplicity/tables.h"

#include <filesystem>
#include <vector>

#include "offprint/core/file.h"
#include "offprint/data/catalog.h"
#include "offprint/data/csv.h"
#include "offprint/data/tabular.h"

namespace offprint::papers::predictive_multiplicity {
namespace {

std::optional<std::filesystem::path> file_of(const char* set, const char* file,
                                             const std::string& folder) {
  const auto found =
      folder.empty() ? data::find_set(set) : std::optional(std::filesystem::path(folder));
  if (!found || !std::filesystem::exists(*found / file)) return std::nullopt;
  return *found / file;
}

Cases cases_of(std::string name, const data::Table& table, const std::string& target,
               const std::vector<std::string>& without) {
  const data::BinaryTarget t = data::binary_target(table, target);
  const data::Table known = data::table_rows(table, t.rows);
  const data::Encoding e = data::fit_encoding(known, target, {.without = without});
  return {std::move(name), data::encode(known, e), t.y};
}

}  // namespace

std::optional<Cases> tumours(const std::string& folder) {
  const auto path = file_of("breast-cancer", "breast_cancer.csv", folder);
  if (!path) return std::nullopt;
  // Its first line says "569,30,malignant,benign"; the columns have no names.
  std::string text = read_file(*path);
  text.erase(0, text.find('\n') + 1);
  data::Table table = data::parse_csv(text, path->string(), {.header = false});
  table.columns.back().name = "benign";
  return cases_of("breast-cancer", table, "benign", {});
}

std::optional<Cases> defendants(const std::string& folder) {
  const auto path = file_of("compas", "compas-scores-two-years.csv", folder);
  if (!path) return std::nullopt;
  // Two names stand twice in its first line; the second ones are not needed.
  std::string text = read_file(*path);
  for (const std::string name : {",decile_score,", ",priors_count,"}) {
    const size_t second = text.find(name, text.find(name) + 1);
    if (second < text.find('\n')) text.insert(second + name.size() - 1, "_again");
  }
  const data::Table table = data::parse_csv(text, path->string());
  std::vector<std::string> without;
  for (const std::string& name : table.names())
    if (std::string_view("sex age race juv_fel_count juv_misd_count juv_other_count priors_count "
                         "c_charge_degree two_year_recid ")
            .find(name + " ") == std::string_view::npos)
      without.push_back(name);
  return cases_of("compas", table, "two_year_recid", without);
}

Cases sample_rows(const Cases& cases, int64_t rows, Rng rng) {
  if (cases.X.size(0) <= rows) return cases;
  std::vector<int64_t> order = rng.permutation(cases.X.size(0));
  order.resize(static_cast<size_t>(rows));
  const Tensor chosen = at::tensor(order, at::TensorOptions().dtype(at::kLong));
  return {cases.name, cases.X.index_select(0, chosen), cases.y.index_select(0, chosen)};
}

Cases generate(const Character& c, int64_t rows, Rng rng) {
  Tensor X = rng.normal({rows, 2}, at::kDouble), y = at::zeros({rows}, at::kDouble);
  double* x = X.mutable_data_ptr<double>();
  double* label = y.mutable_data_ptr<double>();
  for (int64_t i = 0; i < rows; ++i) {
    const bool one = i % 2 == 1, minor = rng.uniform() < c.minority;
    label[i] = one;
    // A minority stands apart along the second feature.
    x[2 * i] += (one == minor ? -0.5 : 0.5) * c.margin;
    if (minor) x[2 * i + 1] += 2;
    if (rng.uniform() < c.outliers) x[2 * i] = (one ? -4 : 4) + rng.normal(), x[2 * i + 1] *= 4;
  }
  return {"generated", X, y};
}

Cases generate_plain(int64_t rows, int64_t d, double noise, Rng rng) {
  const Tensor X = rng.normal({rows, d}, at::kDouble), w = rng.normal({d}, at::kDouble);
  const Tensor s = X.matmul(w) / w.norm() + noise * rng.normal({rows}, at::kDouble);
  return {"generated", X, (s > 0).to(at::kDouble)};
}

}  // namespace offprint::papers::predictive_multiplicity
