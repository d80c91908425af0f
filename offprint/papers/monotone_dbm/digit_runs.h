// One machine completes and names digits with half their pixels hidden, beside rivals that each do
// one of the two.
#pragma once
#include <map>

#include "offprint/data/images.h"
#include "offprint/papers/monotone_dbm/recipe.h"
#include "offprint/papers/monotone_dbm/rivals.h"

namespace offprint::papers::monotone_dbm {

// Names of the machines and rivals in the maps and tables below.
inline constexpr const char* kPublished = "monotone DBM";
inline constexpr const char* kWider = "monotone DBM, c = 2";

struct DigitRun {
  int64_t parameters = 0, rbm_parameters = 0;
  double least_margin = 0;                    // of c I - Phi over m, both machines, all steps
  std::vector<double> iterations;             // to the mean field, a test image and machine each
  std::map<std::string, double> accuracy;     // %, half the pixels hidden
  std::map<std::string, double> whole;        // %, no pixel hidden
  std::map<std::string, double> pixel_error;  // mean squared error of a hidden pixel's grey
  std::vector<double> shares;                 // of hidden pixels
  std::map<std::string, std::vector<double>> accuracy_by_share;
  std::map<std::string, tasks::Completer> machines;  // kPublished, kWider
  Images train, test;
  // Rows of images for the figure: truth, with holes (NaN), both machines, RBM, autoencoder.
  std::vector<std::vector<double>> grid;
};

DigitRun run_digits(const data::LabelledImages& digits, const Options& options, const Rng& rng,
                    Progress& progress);

std::vector<Figure> digit_figures(const DigitRun& run);
TextTable digit_table(const std::vector<DigitRun>& runs);

}  // namespace offprint::papers::monotone_dbm
