// The selective scan forward and backward against the same in PyTorch's operations, in one program
// and in turns. B 8, D 256, N 16, float32. Three peers:
// - as published: selective_scan_ref of state-spaces/mamba, exp(dt A) and dt B x for all steps at
//   once, then a step at a time. The gradient of each step's slice is as large as the whole, so
//   that its time grows with L^2: it is taken at a shorter L, which flatters it.
// - step by step: the same without that trap, at the full L; shown without a bar.
// - associative scan: log2 L rounds with a hand-written backward, at the full L.
// Options: --length N (4096) --short-length N (256) --repeats N (>= 3) --threads N. Bars: 50 times
// the published one, 5 times the associative scan, a quarter of any peer's memory.
#include "offprint/kernels/selective_scan.h"

#include <ATen/ops/dot.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "benchmarks/interleave.h"
#include "offprint/core/autograd.h"
#include "offprint/core/error.h"
#include "offprint/core/memory.h"
#include "offprint/core/numbers.h"
#include "offprint/core/rng.h"
#include "offprint/papers/s_mamba/scan_checks.h"

using namespace offprint;

namespace {

constexpr int64_t kBatch = 8, kChannels = 256, kState = 16;
constexpr double kMemoryBar = 0.25;

Tensors make_inputs(int64_t L) {
  Rng rng(1);
  const Tensor rates = at::arange(1, kState + 1, at::TensorOptions().dtype(at::kFloat));
  Tensors in = {rng.normal({kBatch, L, kChannels}),
                at::exp(rng.uniform({kBatch, L, kChannels}, std::log(1e-3), std::log(1e-1))),
                (-rates).expand({kChannels, kState}).contiguous(),
                rng.normal({kBatch, L, kState}),
                rng.normal({kBatch, L, kState}),
                at::ones({kChannels})};
  for (Tensor& t : in) t.requires_grad_();
  return in;
}

using Scan = Tensor (*)(const Tensor&, const Tensor&, const Tensor&, const Tensor&, const Tensor&,
                        const Tensor&);

// The norms of all gradients together, of the product of the output with x: all must share it.
double forward_backward(Scan scan, const Tensors& in) {
  const Tensor y = scan(in[0], in[1], in[2], in[3], in[4], in[5]);
  double sum = 0;
  for (const Tensor& slope : gradients({at::dot(y.view(-1), in[0].detach().view(-1))}, in))
    sum += slope.norm().item<double>();
  return sum;
}

struct Peer {
  const char* name;
  Scan scan;
  int64_t length;
  double bar;  // least ratio; 0: shown only
};

// Prints "selective-scan against NAME: ratio R (min .., max ..; ours .., peer ..), memory M".
bool compare(const Peer& peer, int64_t repeats) {
  const Tensors in = make_inputs(peer.length);
  const auto ours = [&] { return forward_backward(kernels::selective_scan, in); };
  const auto theirs = [&] { return forward_backward(peer.scan, in); };
  ours();
  std::vector<double> ratios, our_seconds, peer_seconds, our_memory, peer_memory;
  for (int64_t i = 0; i < repeats; ++i) {
    const benchmarks::Sample a = benchmarks::measure(ours), b = benchmarks::measure(theirs);
    require(std::abs(a.check - b.check) < 1e-3 * b.check, "{} computes {}, we {}", peer.name,
            b.check, a.check);
    ratios.push_back(b.seconds / a.seconds);
    our_seconds.push_back(a.seconds), peer_seconds.push_back(b.seconds);
    our_memory.push_back(a.peak_mib), peer_memory.push_back(b.peak_mib);
  }
  const double memory = median(our_memory) / median(peer_memory);
  fmt::print(
      "selective-scan against {}, L {}: ratio {:.1f} (min {:.1f}, max {:.1f}; ours {:.3f} s, peer "
      "{:.2f} s{}), memory {:.3f} of {:.0f} MiB (bar {})\n",
      peer.name, peer.length, median(ratios), std::ranges::min(ratios), std::ranges::max(ratios),
      median(our_seconds), median(peer_seconds),
      peer.bar > 0 ? fmt::format("; bar {}", peer.bar) : "", memory, median(peer_memory),
      kMemoryBar);
  return median(ratios) >= peer.bar && !(memory > kMemoryBar);
}

int run(int argc, char** argv) {
  int64_t length = 4096, short_length = 256, repeats = 3;
  for (int i = 1; i < argc; i += 2) {
    const std::string_view flag = argv[i];
    require(i + 1 < argc, "{}: a number is missing", flag);
    const int64_t value = std::max<int64_t>(1, std::atoll(argv[i + 1]));
    if (flag == "--length")
      length = value;
    else if (flag == "--short-length")
      short_length = value;
    else if (flag == "--repeats")
      repeats = std::max<int64_t>(3, value);
    else if (flag == "--threads")
      at::set_num_threads(static_cast<int>(value));
    else
      fail("'{}', expected --length, --short-length, --repeats or --threads with a number", flag);
  }
  keep_freed_memory();
  fmt::print("B {}, D {}, N {}, {} threads, {} repeats, forward and backward\n", kBatch, kChannels,
             kState, at::get_num_threads(), repeats);
  bool good = true;
  for (const Peer& peer : {Peer{"as published", papers::s_mamba::published_scan, short_length, 50},
                           Peer{"step by step", kernels::selective_scan_reference, length, 0},
                           Peer{"associative scan", kernels::selective_scan_parallel, length, 5}})
    good = compare(peer, repeats) && good;
  fmt::print("selective-scan: {}\n", good ? "all bars are met" : "a bar is missed");
  return good ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  return benchmarks::exit_code_of([&] { return run(argc, argv); });
}
