// Classes of examples held in memory, for any model: cross entropy and accuracy.
#pragma once
#include <functional>

#include "offprint/tasks/train.h"

namespace offprint::tasks {

struct LabelledExamples {
  Tensor x, y;  // (N,..), (N) int64
  int64_t size() const { return x.defined() ? x.size(0) : 0; }
  LabelledExamples rows(const Tensor& index) const;
};

// x (B,..) -> logits (B,K); a null rng turns dropout off.
using Logits = std::function<Tensor(const Tensor& x, Rng* dropout)>;

// Share of the examples whose largest logit is their label's, in %. Without a graph, in batches.
double accuracy(const Logits& logits, const LabelledExamples& examples, int64_t batch = 256);

class ClassObjective : public Objective {
 public:
  ClassObjective(nn::Parameters parameters, Logits logits, LabelledExamples examples)
      : parameters_(std::move(parameters)),
        logits_(std::move(logits)),
        examples_(std::move(examples)) {}
  nn::Parameters parameters() override { return parameters_; }
  int64_t size() const override { return examples_.size(); }
  Tensor loss(const Tensor& examples, Rng& rng) override;

 private:
  nn::Parameters parameters_;
  Logits logits_;
  LabelledExamples examples_;
};

}  // namespace offprint::tasks
