#include "offprint/worlds/moving_digits.h"

#include <algorithm>
#include <cmath>

#include "offprint/core/error.h"

namespace offprint::worlds {
namespace {

// The image with its corner at (row, column), blended over the four nearest places.
void paint(const float* image, int64_t height, int64_t width, double row, double column,
           int64_t side, float* frame) {
  const auto r = static_cast<int64_t>(row), c = static_cast<int64_t>(column);
  const auto dr = static_cast<float>(row - static_cast<double>(r));
  const auto dc = static_cast<float>(column - static_cast<double>(c));
  const auto put = [&](int64_t y, int64_t x, float value) {
    if (y < side && x < side) frame[y * side + x] += value;
  };
  for (int64_t i = 0; i < height; ++i)
    for (int64_t j = 0; j < width; ++j) {
      const float v = image[i * width + j];
      put(r + i, c + j, v * (1 - dr) * (1 - dc)), put(r + i, c + j + 1, v * (1 - dr) * dc);
      put(r + i + 1, c + j, v * dr * (1 - dc)), put(r + i + 1, c + j + 1, v * dr * dc);
    }
}

struct Axis {
  double place = 0, speed = 0, room = 0;
  // One frame on; true where an edge was met, from which it leads away.
  bool move(double fastest, Rng& rng) {
    place += speed;
    if (place >= 0 && place <= room) return false;
    const double away = place < 0 ? 1 : -1;
    place = std::clamp(place, 0.0, room);
    speed = away * fastest * (0.25 + 0.75 * rng.uniform());
    return true;
  }
};

}  // namespace

Tensor moving_digits(const Tensor& images, int64_t count, const MovingDigitsOptions& o, Rng& rng) {
  require_dim(images, 3, "moving_digits", "images", "(N,h,w)");
  const int64_t height = images.size(1), width = images.size(2);
  require(height <= o.side && width <= o.side && o.frames >= 1,
          "moving_digits: images of {} x {} in frames of {}, {} frames", height, width, o.side,
          o.frames);
  const Tensor source = images.contiguous();
  const auto* pixels = source.const_data_ptr<float>();
  Tensor out = at::zeros({count, o.frames, o.side, o.side});
  auto* frame = out.mutable_data_ptr<float>();
  const auto any_speed = [&] { return o.fastest * (2 * rng.uniform() - 1); };
  for (int64_t clip = 0; clip < count; ++clip) {
    const float* image = pixels + rng.integer(images.size(0)) * height * width;
    Axis down{0, any_speed(), static_cast<double>(o.side - height)};
    Axis across{0, any_speed(), static_cast<double>(o.side - width)};
    down.place = down.room * rng.uniform(), across.place = across.room * rng.uniform();
    for (int64_t t = 0; t < o.frames; ++t, frame += o.side * o.side) {
      paint(image, height, width, down.place, across.place, o.side, frame);
      const bool first = down.move(o.fastest, rng), second = across.move(o.fastest, rng);
      // An edge turns the whole motion: the other axis goes on at a speed of chance.
      if (first && !second) across.speed = any_speed();
      if (second && !first) down.speed = any_speed();
    }
  }
  return out.clamp_max(1);
}

}  // namespace offprint::worlds
