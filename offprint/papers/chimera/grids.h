// Generated series whose columns feed each other: one that is a two-dimensional recurrence and
// nothing else, and one of seasons, trends and disturbances that travel.
#pragma once
#include "offprint/core/rng.h"
#include "offprint/data/series.h"

namespace offprint::papers::chimera {

// Roesser's recurrence with scalar states, driven by what it shows:
//   x[v,t] = h1[v,t] + e[v,t],  e of variance one
//   h1[v,t+1] = a1 h1[v,t] + a2 h2[v,t] + b1 x[v,t],  along time
//   h2[v+1,t] = a3 h1[v,t] + a4 h2[v,t] + b2 x[v,t],  along the columns
// Who knows all columns up to t can do no better than h1[v,t+1], and is off by e.
struct Recurrence {
  int64_t columns = 8, rows = 2400;
  double a1 = -0.3, a2 = 1, a3 = 0.1, a4 = 0.3, b1 = 0, b2 = 0.7;
};
struct RecurrenceSeries {
  data::Series series;
  Tensor expected;  // (T,V): h1
};
// The largest modulus of the eigenvalues of ((a1 + b1, a2), (a3 + b2, a4)), what the paper's block
// is for this recurrence: columns do not amplify each other below one.
double spectral_radius(const Recurrence& r);
RecurrenceSeries recurrence_series(const Recurrence& r, const Rng& rng);

// Season + trend + what the column before showed `delay` rows ago. A season's shape is nine tenths
// that of the season before it; the trend is a slow random walk.
struct Seasons {
  int64_t columns = 6, rows = 2400, season = 24, delay = 3;
  double trend = 0.03;       // of a step
  double disturbance = 0.6;  // standard deviation of what travels; the season's is about 0.7
  double noise = 0.1;        // of a measurement
};
data::Series seasons_series(const Seasons& s, const Rng& rng);

}  // namespace offprint::papers::chimera
