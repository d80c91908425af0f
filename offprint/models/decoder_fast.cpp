#include "offprint/models/decoder_fast.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "offprint/kernels/token_rows.h"
#include "offprint/kernels/work_phases.h"

namespace offprint::models {
namespace {

using kernels::Activations;
using kernels::kPanelRows;
using kernels::QuantMatrix;
using Walker = kernels::WorkPhases::Walker;

constexpr int64_t kPiece = 256;            // tokens that go through the blocks at once
constexpr int64_t kTaskBytes = 24 * 1024;  // of weights, times tokens: some microseconds
constexpr int64_t kTokensTogether = 4;     // in attention
constexpr int64_t kPhasesOfBlock = 11;

const float* floats(const Tensor& t) { return t.defined() ? t.const_data_ptr<float>() : nullptr; }

// What the tokens of a piece are in between.
struct Scratch {
  Scratch(const DecoderOptions& o, int64_t tokens)
      : x(static_cast<size_t>(tokens * o.width)),
        queries(static_cast<size_t>(tokens * o.heads * o.head_size)),
        normed(tokens, o.width),
        attended(tokens, o.heads * o.head_size),
        hidden(tokens, o.feed) {}
  std::vector<float> x, queries;  // (T,D), (T,heads d)
  Activations normed, attended, hidden;
};

class Piece {
 public:
  Piece(const Decoder& m, std::span<const int64_t> tokens, const KvRoom& room, int64_t last,
        float* logits)
      : m_(m),
        o_(m.options),
        tokens_(tokens),
        T_(static_cast<int64_t>(tokens.size())),
        room_(room),
        last_(last),
        logits_(logits),
        s_(o_, T_) {}

  void run() {
    kernels::WorkPhases phases(o_.depth * kPhasesOfBlock + 3);
    phases.run([this](Walker& walker) {
      const int64_t together = std::min(T_, kTokensTogether) * o_.heads / o_.kv_heads;
      std::vector<float> local(static_cast<size_t>(2 * T_ * kPanelRows)),
          scores(static_cast<size_t>(together * scores_size()));
      walk(walker, local.data(), scores.data());
    });
  }

 private:
  int64_t scores_size() const { return (room_.past + T_ + 7) / 8 * 8; }
  float* x(int64_t t) { return s_.x.data() + t * o_.width; }
  float* kv(int64_t block, int64_t values, int64_t position) {
    const int64_t row = (block * 2 + values) * room_.capacity + position;
    return room_.values + row * o_.kv_heads * o_.head_size;
  }

  float* summary(int64_t block, int64_t which) {
    const int64_t row = block * (room_.capacity / kernels::kSummaryRows) + which;
    return room_.summaries + row * o_.kv_heads * o_.head_size;
  }

  // use(matrix, panel) for all panels of matrices that are fed alike.
  template <size_t kCount, class Use>
  void each_panel(Walker& walker, const std::array<const QuantMatrix*, kCount>& matrices,
                  int64_t tokens, const Use& use) {
    const int64_t group = std::max<int64_t>(
        1, kTaskBytes / (matrices[0]->panel_bytes * std::max<int64_t>(tokens, 1)));
    int64_t panels = 0;
    for (const QuantMatrix* w : matrices) panels += w->panels();
    walker.each((panels + group - 1) / group, [&](int64_t task) {
      for (int64_t i = task * group; i < std::min(panels, (task + 1) * group); ++i) {
        int64_t panel = i;
        size_t which = 0;
        while (panel >= matrices[which]->panels()) panel -= matrices[which++]->panels();
        use(which, panel);
      }
    });
  }

  void norm(int64_t t, const Tensor& weight) {
    kernels::rms_norm_row(x(t), floats(weight), o_.width, static_cast<float>(o_.norm_epsilon),
                          s_.normed.row(t));
    kernels::round_row(s_.normed, t);
  }

  // Rows of a panel of `w` times every token's row of `a`: to(t, first row, count, their products).
  template <class To>
  void products(const QuantMatrix& w, int64_t panel, const Activations& a, float* local,
                const To& to) {
    kernels::panel_product(w, panel, a, 0, T_, local, kPanelRows);
    const int64_t row = panel * kPanelRows, count = std::min(kPanelRows, w.rows - row);
    for (int64_t t = 0; t < T_; ++t) to(t, row, count, local + t * kPanelRows);
  }

  void add_products(Walker& walker, const QuantMatrix& w, const Activations& a, float* local) {
    each_panel<1>(walker, {&w}, T_, [&](size_t, int64_t panel) {
      products(w, panel, a, local, [&](int64_t t, int64_t row, int64_t n, const float* y) {
        for (int64_t i = 0; i < n; ++i) x(t)[row + i] += y[i];
      });
    });
  }

  // Some tokens from `first` on, all heads that one head of keys and values serves.
  void attend(int64_t i, int64_t first, int64_t kv_head, float* scores) {
    const int64_t d = o_.head_size, serves = o_.heads / o_.kv_heads;
    std::vector<kernels::AttendRow> rows;
    for (int64_t t = first; t < std::min(T_, first + kTokensTogether); ++t)
      for (int64_t head = kv_head * serves; head < (kv_head + 1) * serves; ++head) {
        float* own = scores + static_cast<int64_t>(rows.size()) * scores_size();
        rows.push_back({s_.queries.data() + (t * o_.heads + head) * d, room_.past + t + 1, own,
                        s_.attended.row(t) + head * d});
      }
    const float *keys = kv(i, 0, 0) + kv_head * d, *values = kv(i, 1, 0) + kv_head * d;
    const int64_t stride = o_.kv_heads * d;
    const float scale = 1 / std::sqrt(static_cast<float>(d));
    if (room_.summaries == nullptr)
      return kernels::attend_rows(rows, keys, values, stride, d, scale);
    for (size_t at = 0; at < rows.size(); at += static_cast<size_t>(serves)) {
      const std::span<kernels::AttendRow> step(rows.data() + at, static_cast<size_t>(serves));
      const int64_t count = step[0].count;
      std::vector<int64_t> blocks;
      if (kernels::leaves_out(m_.sparse, count)) {
        blocks =
            kernels::choose_blocks(step, summary(i, 0) + kv_head * d, stride, d, scale, m_.sparse);
        for (kernels::AttendRow& row : step) row.count = kernels::tokens_in(blocks, count);
      }
      kernels::attend_rows(step, keys, values, stride, d, scale,
                           blocks.empty() ? nullptr : blocks.data());
    }
  }

  void attention(Walker& walker, int64_t i, float* local, float* scores) {
    const PackedBlock& w = m_.packed->blocks[static_cast<size_t>(i)];
    const DecoderBlock& b = m_.blocks[static_cast<size_t>(i)];
    const int64_t d = o_.head_size, queries = o_.heads * d;
    const float* bias[] = {floats(b.query_bias), floats(b.key_bias), floats(b.value_bias)};
    walker.each(T_, [&](int64_t t) { norm(t, b.attention_norm); });
    each_panel<3>(walker, {&w.query, &w.key, &w.value}, T_, [&](size_t which, int64_t panel) {
      const QuantMatrix& one = which == 0 ? w.query : which == 1 ? w.key : w.value;
      products(one, panel, s_.normed, local, [&](int64_t t, int64_t row, int64_t n, float* y) {
        float* to = which == 0 ? s_.queries.data() + t * queries
                               : kv(i, which == 1 ? 0 : 1, room_.past + t);
        for (int64_t r = row; r < row + n; ++r)
          to[r] = bias[which] == nullptr ? y[r - row] : y[r - row] + bias[which][r];
      });
    });
    walker.each(T_, [&](int64_t t) {
      const int64_t at = room_.past + t, half = d / 2;
      const float *cosine = floats(m_.rotary.cosine) + at * half,
                  *sine = floats(m_.rotary.sine) + at * half;
      const bool halves = m_.rotary.pairs == nn::RotaryPairs::halves;
      kernels::rotate_row(s_.queries.data() + t * queries, o_.heads, half, cosine, sine, halves);
      kernels::rotate_row(kv(i, 0, at), o_.kv_heads, half, cosine, sine, halves);
    });
    if (room_.summaries != nullptr) {
      constexpr int64_t kRows = kernels::kSummaryRows;
      const int64_t whole = room_.past / kRows, stride = o_.kv_heads * d;
      walker.each((room_.past + T_) / kRows - whole, [&](int64_t j) {
        kernels::summarise_rows(kv(i, 0, (whole + j) * kRows), stride, stride,
                                summary(i, whole + j));
      });
    }
    const int64_t groups = (T_ + kTokensTogether - 1) / kTokensTogether;
    walker.each(groups * o_.kv_heads, [&](int64_t task) {
      attend(i, task / o_.kv_heads * kTokensTogether, task % o_.kv_heads, scores);
    });
    walker.each(T_, [&](int64_t t) { kernels::round_row(s_.attended, t); });
    add_products(walker, w.output, s_.attended, local);
  }

  void feed(Walker& walker, int64_t i, float* local) {
    const PackedBlock& w = m_.packed->blocks[static_cast<size_t>(i)];
    walker.each(T_, [&](int64_t t) { norm(t, m_.blocks[static_cast<size_t>(i)].feed_norm); });
    float* up = local + T_ * kPanelRows;
    each_panel<1>(walker, {&w.gate}, 2 * T_, [&](size_t, int64_t panel) {
      kernels::panel_product(w.up, panel, s_.normed, 0, T_, up, kPanelRows);
      products(w.gate, panel, s_.normed, local, [&](int64_t t, int64_t row, int64_t n, float* y) {
        kernels::swiglu_row(y, up + t * kPanelRows, n, s_.hidden.row(t) + row);
      });
    });
    walker.each(T_, [&](int64_t t) { kernels::round_row(s_.hidden, t); });
    add_products(walker, w.down, s_.hidden, local);
  }

  void walk(Walker& walker, float* local, float* scores) {
    const PackedWeights& w = *m_.packed;
    walker.each(T_, [&](int64_t t) {
      kernels::unpack_row(w.embedding, tokens_[static_cast<size_t>(t)], x(t));
    });
    for (int64_t i = 0; i < o_.depth; ++i)
      attention(walker, i, local, scores), feed(walker, i, local);
    const int64_t first = T_ - last_;
    walker.each(last_, [&](int64_t t) { norm(first + t, m_.norm); });
    each_panel<1>(walker, {&w.head}, last_, [&](size_t, int64_t panel) {
      kernels::panel_product(w.head, panel, s_.normed, first, T_, local, kPanelRows);
      const int64_t row = panel * kPanelRows, count = std::min(kPanelRows, w.head.rows - row);
      for (int64_t t = 0; t < last_; ++t)
        std::copy_n(local + (first + t) * kPanelRows, count, logits_ + t * w.head.rows + row);
    });
  }

  const Decoder& m_;
  const DecoderOptions& o_;
  std::span<const int64_t> tokens_;
  int64_t T_;
  KvRoom room_;
  int64_t last_;
  float* logits_;
  Scratch s_;
};

}  // namespace

void forward_fast(const Decoder& model, std::span<const int64_t> tokens, const KvRoom& room,
                  int64_t last, float* logits) {
  const auto T = static_cast<int64_t>(tokens.size());
  for (int64_t at = 0; at < T; at += kPiece) {
    const int64_t n = std::min(kPiece, T - at);
    const int64_t wanted = std::clamp<int64_t>(at + n - (T - last), 0, n);
    Piece piece(model, tokens.subspan(static_cast<size_t>(at), static_cast<size_t>(n)),
                {room.values, room.capacity, room.past + at, room.summaries}, wanted, logits);
    piece.run();
    logits += wanted * model.options.vocabulary;
  }
}

}  // namespace offprint::models
