// What has to be exact before anything is measured.
#pragma once
#include "offprint/core/rng.h"
#include "offprint/papers/run_card.h"

namespace offprint::papers::icl_forecasting {

Measurement code_gap(Rng rng);      // attention's tensor code against b'GAq
Measurement rank_one_gap(Rng rng);  // appended columns against all columns anew
Measurement gradient_gap(Rng rng);  // of P and Q, linear and softmax, against central differences
Measurement limit_gap(Rng rng);     // the limit's weights at n 100 000 against w'q

}  // namespace offprint::papers::icl_forecasting
