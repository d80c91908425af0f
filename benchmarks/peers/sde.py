"""Fractional Ornstein-Uhlenbeck paths by Euler's step, five Markov terms: torchsde, or numpy over the paths."""
import sys

import numpy as np
import torch
import torchsde

from answer import answer


class Equation(torch.nn.Module):
    noise_type, sde_type = "scalar", "ito"

    def __init__(self, rates, weights):
        super().__init__()
        self.rates, self.weights = torch.tensor(rates), torch.tensor(weights)

    def f(self, t, z):
        y = -self.rates * z[:, 1:]
        return torch.cat([y @ self.weights[:, None] - z[:, :1], y], 1)

    def g(self, t, z):
        return torch.cat([self.weights.sum()[None], torch.ones_like(self.rates)]).expand(len(z), -1)[:, :, None]


def prepare(request):
    paths, steps = request["paths"], request["steps"]
    torch.set_num_threads(request["threads"])
    dt = 1 / steps

    def by_torchsde():
        with torch.no_grad():
            z = torch.zeros(paths, 1 + len(request["rates"]))
            times = torch.linspace(0, 1, steps + 1)
            x = torchsde.sdeint(Equation(request["rates"], request["weights"]), z, times, method="euler", dt=dt)
        return x[-1, :, 0]

    def by_numpy():
        rng = np.random.default_rng(1)
        rates = np.array(request["rates"], np.float32)[:, None]
        weights = np.array(request["weights"], np.float32)
        y, x = np.zeros((len(rates), paths), np.float32), np.zeros((steps + 1, paths), np.float32)
        for i in range(steps):
            dw = np.float32(dt**0.5) * rng.standard_normal(paths, np.float32)
            dy = dw - np.float32(dt) * rates * y
            x[i + 1] = x[i] - np.float32(dt) * x[i] + weights @ dy
            y += dy
        return x[-1]

    chosen = by_torchsde if request["peer"] == "torchsde" else by_numpy

    print(f"{request['peer']}: variance {float(chosen().var()):.3f}", file=sys.stderr)

    def work():
        chosen()

    return work


answer(prepare)
