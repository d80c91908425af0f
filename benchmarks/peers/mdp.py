"""Value iteration in numpy over a batch of processes, swept together until the last is proved."""
import numpy as np

from answer import answer


def hashed(shape, first):
    with np.errstate(over="ignore"):
        z = (np.arange(np.prod(shape), dtype=np.uint64) + np.uint64(first)) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((z ^ (z >> np.uint64(31))) >> np.uint64(11)).astype(np.float64).reshape(shape) * 2.0**-53


def prepare(request):
    n, s, a = request["count"], request["states"], request["actions"]
    g, tolerance = request["discount"], request["tolerance"]
    transition = hashed((n, s, a, s), 1) ** 4
    transition /= transition.sum(-1, keepdims=True)
    transition = transition.reshape(n, s * a, s)
    reward = hashed((n, s, a), 1 << 40)

    def work():
        v = np.zeros((n, s))
        while True:
            q = reward + g * (transition @ v[:, :, None]).reshape(n, s, a)
            new = q.max(-1)
            error = g / (1 - g) * np.abs(new - v).max()
            v = new
            if error <= tolerance:
                return v.mean()

    return work


answer(prepare)
