// The bars of the brief; the paper's figures stand in plots and were not looked up.
#include "offprint/papers/monotone_dbm/recipe.h"

namespace offprint::papers::monotone_dbm {

std::vector<Claim> claims() {
  using enum Direction;
  using enum ClaimKind;
  const auto theorem = [](Claim c) {
    return of_paper(std::move(c), "theorem (unconfirmed)", "unconfirmed: section 3", "any machine");
  };
  const auto figure = [](Claim c, const char* said) {
    return of_paper(std::move(c), said, "unconfirmed: experiments", "MNIST, CIFAR-10");
  };
  return {
      theorem(own_claim("monotone", "c I - Phi stays m above zero at every step of training",
                        "least eigenvalue less m", at_least, -1e-6, -1e-6, headline)),
      theorem(own_claim("one-mean-field", "A hundred random starts reach one mean field",
                        "largest difference", at_most, 1e-6, 1e-6, headline)),
      figure(own_claim("plain-fails",
                       "Plain parallel mean field on a free machine of the same size: where it "
                       "ends, a fixed point being one place and a cycle two",
                       "places", at_least, 2, 2, trend),
             "non-unique, non-convergent (unconfirmed)"),
      own_claim("prox-kkt",
                "The prox solves its equations, alpha 0.05 to 1.5, k 2 to 256 (float64)",
                "residual", at_most, 1e-8, 1e-8, identity),
      own_claim("gradients", "Gradients through the mean field equal finite differences",
                "relative error", at_most, 1e-5, 1e-5, identity),
      figure(own_claim("exact",
                       "16 variables: KL(exact || mean field) over that of the best of 50 "
                       "naive mean fields",
                       "ratio", at_most, 1.2, 1.2, trend),
             "close to exact (unconfirmed)"),
      figure(own_claim("joint-accuracy",
                       "Half the pixels hidden: accuracy over a classifier's that "
                       "is given the same pixels",
                       "ratio", at_least, 0.9, 0.9, headline),
             "about 90 % with 40 to 60 % missing (unconfirmed)"),
      figure(own_claim("completion-rbm",
                       "Half the pixels hidden: squared error of a hidden pixel "
                       "over an RBM's by mean field",
                       "ratio", at_most, 0.6, 0.6, headline),
             "ahead of RBM and DBM (unconfirmed)"),
      own_claim("completion-autoencoder",
                "The same over a masked convolutional autoencoder's of "
                "as many parameters",
                "ratio", at_most, 1.15, 1.15, trend),
      own_claim(
          "wider",
          "Ours, c = 2 for c = 1: squared error of a hidden pixel over the published machine's",
          "ratio", at_most, 0.9, 0.9, headline),
      own_claim("wider-autoencoder", "Ours, c = 2: the same over the autoencoder's", "ratio",
                at_most, 1.15, 1.15, trend),
      own_claim("wider-accuracy", "Ours, c = 2: accuracy over the classifier's", "ratio", at_least,
                0.9, 0.9, trend),
      own_claim("iterations", "Iterations to the mean field within 1e-4, median", "iterations",
                at_most, 40, 40, trend),
      own_claim("faster",
                "Loss and gradient of a batch over the same by tensor operations with "
                "autograd through every iteration",
                "times", at_least, 10, 10, trend),
  };
}

}  // namespace offprint::papers::monotone_dbm
