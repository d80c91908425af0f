"""The filter C A^k B of a companion matrix A with the states by repeated squaring, as the paper's authors have it."""
import torch

from answer import answer


def krylov(steps, A, b):
    x = b.unsqueeze(-1)
    power = A
    while x.shape[-1] < steps:
        x = torch.cat((x, power @ x[..., : steps - x.shape[-1]]), dim=-1)
        if x.shape[-1] < steps:
            power = power @ power
    return x


def prepare(request):
    torch.set_num_threads(request.get("threads", 2))
    systems, states, steps = request["systems"], request["states"], request["steps"]
    i = torch.arange(states, dtype=torch.float64)[None, :]
    h = torch.arange(systems, dtype=torch.float64)[:, None]
    a = torch.sin(1.3 * i + h)
    a = (0.9 * a / a.abs().sum(1, keepdim=True)).float().requires_grad_()
    B = torch.cos(0.7 * i + h).float().requires_grad_()
    C = torch.sin(0.4 * i - h).float().requires_grad_()
    shift = torch.diag(torch.ones(states - 1), -1)
    last = torch.zeros(states)
    last[-1] = 1

    def work():
        A = shift + a[:, :, None] * last
        F = torch.einsum("hnl,hn->hl", krylov(steps, A, B), C)
        slope = torch.autograd.grad((F * F).sum() / 2, [a, B, C])[2]
        return slope.abs().sum().item()

    return work


answer(prepare)
