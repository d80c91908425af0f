"""Shrinking dartboard, every round seen, two arms, on the multi-scale walk: numpy over the repetitions."""
import sys

import numpy as np

from answer import answer


def prepare(request):
    log_rounds, n = request["log_rounds"], request["repetitions"]
    rate, gap = request["rate"], request["gap"]
    rounds, sigma = 1 << log_rounds, 1 / (9 * log_rounds)

    def work():
        rng = np.random.default_rng(1)
        best = rng.integers(0, 2, n)
        level = np.zeros((log_rounds + 1, n))
        weight = np.zeros((2, n))
        arm = np.zeros(n, dtype=np.int64)
        keep = np.zeros(n)
        worse = np.zeros(n, dtype=np.int64)
        switches = np.zeros(n, dtype=np.int64)
        index = np.arange(n)
        for t in range(rounds):
            depth = bin(t).count("1")
            if t > 0:
                level[depth] = level[depth - 1] + sigma * rng.standard_normal(n)
            losses = np.tile(0.5 + level[depth], (2, 1))
            losses[best, index] -= gap
            np.clip(losses, 0, 1, out=losses)
            likely = np.exp(weight)
            drawn = (rng.random(n) * likely.sum(0) >= likely[0]).astype(np.int64)
            chosen = drawn if t == 0 else np.where(rng.random(n) < keep, arm, drawn)
            if t > 0:
                switches += chosen != arm
            arm = chosen
            worse += arm != best
            weight -= rate * losses
            weight -= weight.max(0)
            keep = np.exp(-rate * losses[arm, index])
        print(f"peer: regret {(gap * worse + switches).mean():.2f}", file=sys.stderr)

    return work


answer(prepare)
