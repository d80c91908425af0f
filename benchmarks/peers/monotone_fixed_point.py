"""Forward-backward splitting of a monotone Boltzmann machine's mean field, autograd through every iteration."""
import math

import torch

from answer import answer


def prox(x, alpha):
    """(1 - alpha) z + alpha log z + lambda = x on the simplex: Newton in log z inside, in lambda outside."""
    states = x.shape[-1]
    lam = x.amax(-1, keepdim=True) - (1 - alpha) / states + alpha * math.log(states)
    u = ((x - lam) / alpha).clamp(max=0)
    for _ in range(8):
        for _ in range(4):
            e = u.exp()
            u = (u - (alpha * u + (1 - alpha) * e - (x - lam)) / (alpha + (1 - alpha) * e)).clamp(max=0)
        e = u.exp()
        total = e.sum(-1, keepdim=True)
        lam = lam + total.log() * total / (e / (alpha + (1 - alpha) * e)).sum(-1, keepdim=True)
    return torch.softmax(u, -1)


def coupling(factor, groups, states, m):
    a = factor.view(factor.shape[0], groups, states)
    gram = torch.einsum("rgk,rgl->gkl", a, a)
    top = torch.linalg.eigvalsh(gram)[:, -1]
    a = a * (math.sqrt((1 - m) * (1 - 1e-6)) * top.clamp(min=1).rsqrt())[None, :, None]
    a = a.reshape(factor.shape)
    group = torch.arange(groups).repeat_interleave(states)
    return -(a.T @ a) * (group[:, None] != group[None, :])


def prepare(request):
    torch.set_num_threads(request.get("threads", 2))
    rows, groups, states, rank = (request[k] for k in ("rows", "groups", "states", "rank"))
    width, m = groups * states, 0.1

    def wave(count, step):
        return torch.sin(torch.arange(count, dtype=torch.float64) * step)

    factor = torch.sin(wave(rank * width, 0.7).square() * 37).view(rank, width).float().requires_grad_()
    bias = wave(width, 1.3).float().requires_grad_()
    place = torch.arange(rows * groups)
    state, known = (place * 7 + 3) % states, (place * 5) % 11 < 5
    values = torch.nn.functional.one_hot(state, states) * known[:, None]
    values = values.view(rows, width).float()
    known = known[:, None].expand(-1, states).reshape(rows, width)

    def work():
        phi = coupling(factor, groups, states, m)
        with torch.no_grad():
            largest = torch.linalg.eigvalsh(torch.eye(width) - phi)[-1].item()
        step = 2 / (1.01 * largest + m)
        z = torch.where(known, values, torch.full_like(values, 1 / states))
        for _ in range(1000):
            forward = (1 - step) * z + step * (z @ phi + bias)
            new = prox(forward.view(rows, groups, states), step).reshape(rows, width)
            new = torch.where(known, values, new)
            change = (new - z).abs().max().item()
            z = new
            if change <= 1e-5:
                break
        slopes = torch.autograd.grad(z.square().sum(), (factor, bias))
        return (slopes[0].norm() + slopes[1].norm()).item()

    return work


answer(prepare)
