#include "offprint/nn/grid_mamba.h"

#include <doctest/doctest.h>

#include "offprint/core/error.h"
#include "offprint/nn/parameters.h"

using namespace offprint;
using namespace offprint::nn;

namespace {

GridMamba made(const GridMambaOptions& o, uint64_t seed = 1) {
  Rng rng(seed);
  return make_grid_mamba(o, rng);
}

GridMambaOptions plain() {
  return {.mamba = {.d_model = 6, .d_state = 3, .expand = 2, .taps = 3}, .two_way = false};
}

}  // namespace

TEST_CASE("grid Mamba: without couplings it is the Mamba block on every variate, to 1e-6") {
  const GridMamba m = uncoupled(made(plain()));
  const Mamba one = along_time(m);
  const Tensor u = Rng(2).normal({2, 5, 30, 6});
  const Tensor expected = forward(one, u.reshape({10, 30, 6})).view({2, 5, 30, 6});
  CHECK(max_abs_diff(forward(m, u), expected) < 1e-6);
  CHECK(max_abs_diff(forward(made(plain()), u), expected) > 1e-3);
}

TEST_CASE("grid Mamba: one variate alone is one-dimensional; nothing flows across") {
  const GridMamba m = made(plain());
  GridMamba other = m;
  other.trend[0].A4_log = m.trend[0].A4_log + 1;
  other.trend[0].K3 = m.trend[0].K3 - 1;
  const Tensor u = Rng(3).normal({2, 1, 20, 6}), two = Rng(4).normal({2, 2, 20, 6});
  CHECK(forward(m, u).equal(forward(other, u)));
  CHECK(max_abs_diff(forward(m, two), forward(other, two)) > 1e-3);
  const Tensor expected = forward(along_time(uncoupled(m)), u.squeeze(1)).unsqueeze(1);
  CHECK(max_abs_diff(forward(uncoupled(m), u), expected) < 1e-6);
}

TEST_CASE("grid Mamba: causal in time; one way sees the variates before, two ways all") {
  for (const bool two_way : {false, true}) {
    GridMambaOptions o = plain();
    o.two_way = two_way, o.period = 4;
    const GridMamba m = made(o);
    const Tensor u = Rng(5).normal({1, 4, 24, 6}), y = forward(m, u);
    Tensor later = u.clone(), second = u.clone();
    later.slice(2, 13).fill_(50);
    CHECK(forward(m, later).slice(2, 0, 13).equal(y.slice(2, 0, 13)));
    second.select(1, 1).fill_(2);
    const Tensor off = (forward(m, second) - y).abs().amax({0, 2, 3});
    CHECK((off[0].item<double>() > 0) == two_way);
    CHECK(off[2].item<double>() > 0);
  }
}

TEST_CASE("grid Mamba: two heads where there is a season, one where there is none") {
  GridMambaOptions o = plain();
  CHECK(made(o).season.empty());
  o.period = 4, o.two_way = true;
  GridMamba m = made(o);
  CHECK(m.season.size() == 2);
  CHECK(m.season[0].period == 4);
  const auto step = [](const Ssm2d& head) {
    return at::softplus(head.time.bias).mean().item<double>();
  };
  CHECK(step(m.season[0]) > 2 * step(m.trend[0]));
  int64_t names = 0;
  for (const Parameter& p : parameters_of(m)) names += p.name.starts_with("season.1.") ? 1 : 0;
  CHECK(names == 11);
}

TEST_CASE("grid Mamba: wrong sizes are one line") {
  CHECK_THROWS_AS(made({.mamba = {.d_model = 0}}), Error);
  CHECK_THROWS_WITH_AS(forward(made(plain()), at::zeros({2, 3, 6})),
                       "grid mamba: u is (2,3,6), expected (B,V,L,D)", Error);
}
