"""The S4D kernel as PyTorch writes it: exp of an outer product, then a sum over the state."""
import math

import torch

from answer import answer


def prepare(request):
    torch.set_num_threads(request.get("threads", 2))
    channels, pairs, length = request["channels"], request["pairs"], request["length"]
    place = torch.arange(channels, dtype=torch.float64) / (channels - 1)
    dt = torch.exp(math.log(1e-3) + place * math.log(100.0))[:, None]
    frequency = math.pi * torch.arange(pairs, dtype=torch.float64)[None, :]
    dtA = torch.complex((-0.5 * dt).expand(channels, pairs), dt * frequency)
    dtA = dtA.to(torch.complex64).requires_grad_()
    C = torch.ones(channels, pairs, dtype=torch.complex64, requires_grad=True)

    def work():
        powers = torch.exp(dtA[..., None] * torch.arange(length))
        K = 2 * torch.einsum("hn,hnl->hl", C, powers).real
        slope, _ = torch.autograd.grad((K * K).sum() / 2, [C, dtA])
        return slope.abs().sum().item()

    return work


answer(prepare)
