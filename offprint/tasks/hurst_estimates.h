// The Hurst index of a series by the usual estimators, beside which a fitted equation stands.
#pragma once
#include <span>

namespace offprint::tasks {

// Whittle's likelihood of increments with the spectrum of fractional Gaussian noise (Paxson 1997,
// "Fast, approximate synthesis of fractional Gaussian noise", for its sum).
double whittle_hurst(std::span<const double> increments);

// Detrended fluctuation analysis (Peng et al. 1994) of increments: the slope of the fluctuation
// over windows of 8 to a quarter of the series, straight lines taken off.
double dfa_hurst(std::span<const double> increments);

// The madogram (Gneiting, Sevcikova & Percival 2012): log2 of mean |x(t+2) - x(t)| over that of
// |x(t+1) - x(t)|, of levels, not of increments.
double madogram_hurst(std::span<const double> levels);

// All throw Error on fewer than 32 values, one that is not finite, or values that do not change.

}  // namespace offprint::tasks
