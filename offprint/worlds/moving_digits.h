// Small images that move over a larger frame and bounce off its edges into a direction of chance,
// as in the stochastic moving digits of Denton & Fergus 2018, section 5.1.
#pragma once
#include "offprint/core/rng.h"

namespace offprint::worlds {

struct MovingDigitsOptions {
  int64_t side = 16;  // of the frame, pixels
  int64_t frames = 16;
  double fastest = 1.6;  // pixels a frame along each axis, either way
};

// One image a clip: images (N,h,w) float32 in [0, 1] no larger than the frame; (count,frames,side,
// side) float32. Positions between pixels are blended, so that motion is smooth. Throws Error on
// images larger than the frame.
Tensor moving_digits(const Tensor& images, int64_t count, const MovingDigitsOptions& options,
                     Rng& rng);

}  // namespace offprint::worlds
