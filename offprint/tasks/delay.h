// The delay task: band-limited noise u goes in, u as it was `lag` steps before should come out. It
// asks for memory and nothing else, so it shows what an initialisation or a timescale can keep.
#pragma once
#include <functional>

#include "offprint/tasks/train.h"

namespace offprint::tasks {

struct DelayOptions {
  int64_t length = 1024, lag = 100;
  double band = 0.25;  // share of the frequencies up to half a cycle a step; 1 is white noise
  void visit(auto&& field) {
    field("delay-length", length, "steps of a sequence of the delay task");
    field("lag", lag, "steps the delay task remembers");
    field("band", band, "share of the frequencies that the noise fills");
  }
};

struct DelayData {
  Tensor u, target;  // (N,1,L): unit variance, and zero before `lag` steps
};
// Throws Error unless 0 <= lag < length and 0 < band <= 1.
DelayData make_delay(const DelayOptions& options, int64_t sequences, Rng& rng);

DelayData to(const DelayData& data, at::Device device);

// Mean squared error of y over the mean square of the target: 1 is what silence scores.
double delay_error(const Tensor& y, const DelayData& data);

// Trains a linear map of sequences, (B,1,L) -> (B,1,L), on the squared error.
class DelayObjective : public Objective {
 public:
  using Map = std::function<Tensor(const Tensor& u)>;
  DelayObjective(nn::Parameters parameters, Map map, DelayData data)
      : parameters_(std::move(parameters)), map_(std::move(map)), data_(std::move(data)) {}

  nn::Parameters parameters() override { return parameters_; }
  int64_t size() const override { return data_.u.size(0); }
  Tensor loss(const Tensor& examples, Rng& rng) override;

 private:
  nn::Parameters parameters_;
  Map map_;
  DelayData data_;
};

}  // namespace offprint::tasks
