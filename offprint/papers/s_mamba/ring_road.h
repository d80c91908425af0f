// A generated many-variate benchmark: sensors on a ring road. Each has a day and a week of its own
// and two kinds of disturbance that travel, one along the road (platoons), one against it (jams):
// what a sensor shows next, its neighbours showed before.
#pragma once
#include "offprint/core/rng.h"
#include "offprint/data/series.h"

namespace offprint::papers::s_mamba {

struct RingRoad {
  int64_t sensors = 32, rows = 2016;           // V, quarters of an hour
  int64_t along_delay = 3, against_delay = 5;  // rows from a sensor to the next
  double persistence = 0.9;                    // of a disturbance from a sensor to the next
  double memory = 0.7;                         // of what is fresh at a sensor, from row to row
  double disturbance = 1.0;  // its standard deviation in units of the day's amplitude
  double noise = 0.1;        // of a measurement
};

// x_i(t) = day_i(t) week_i(t) + along_i(t) + against_i(t) + noise, with
//   along_i(t) = p along_{i-1}(t - 3) + fresh,  against_i(t) = p against_{i+1}(t - 5) + fresh
// where fresh is autoregressive of order one. The same rng gives the same series.
data::Series ring_road(const RingRoad& road, const Rng& rng);

// The same with its columns in another order; order[k] is the column that comes k-th.
data::Series reordered(const data::Series& series, const std::vector<int64_t>& order);

}  // namespace offprint::papers::s_mamba
