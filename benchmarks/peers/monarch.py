"""Causal attention over a sequence, forward and backward, one head, as PyTorch has it."""
import torch

from answer import answer


def prepare(request):
    torch.set_num_threads(request.get("threads", 2))
    torch.manual_seed(1)
    shape = (1, 1, request["steps"], request["features"])
    q, k, v = (torch.randn(shape, requires_grad=True) for _ in range(3))

    def work():
        y = torch.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        torch.autograd.grad(y.square().sum(), [q, k, v])
        return None

    return work


answer(prepare)
