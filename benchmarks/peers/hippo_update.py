"""One online step of a HiPPO memory as PyTorch writes it: a dense product a step."""
import math

import torch

from answer import answer


def matrices(basis, N):
    n = torch.arange(N, dtype=torch.float64)
    root = torch.sqrt(2 * n + 1)
    outer = torch.outer(root, root)
    if basis in ("legs", "scaled-legs"):
        return -torch.tril(outer, -1) - torch.diag(n + 1), root
    if basis == "legt":
        sign = 1 - 2 * (n % 2)
        return -torch.tril(outer) - torch.triu(outer * torch.outer(sign, sign), 1), root
    b = torch.zeros(N, dtype=torch.float64)
    b[0::2] = math.sqrt(2)
    b[0] = 1
    A = -2 * torch.outer(b, b)
    for m in range(N // 2):
        A[2 * m, 2 * m + 1] -= 2 * math.pi * m
        A[2 * m + 1, 2 * m] += 2 * math.pi * m
    return A, 2 * b


def prepare(request):
    torch.set_num_threads(request.get("threads", 2))
    N, steps = request["order"], request["steps"]
    A, B = matrices(request["basis"], N)
    one = torch.eye(N, dtype=torch.float64)
    u = [math.sin(0.013 * k) + 0.5 * math.cos(0.0071 * k) for k in range(steps)]

    def fixed():
        h = 0.5 / request["window"]
        A_bar = torch.linalg.solve(one - h * A, one + h * A)
        B_bar = torch.linalg.solve(one - h * A, 2 * h * B)

        @torch.no_grad()
        def work():
            x = torch.zeros(N, dtype=torch.float64)
            for sample in u:
                x = torch.addmv(B_bar * sample, A_bar, x)
            return torch.linalg.vector_norm(x).item()

        return work

    @torch.no_grad()
    def scaled():
        x = torch.zeros(N, dtype=torch.float64)
        x[0] = u[0]
        for k in range(1, steps):
            h = 0.5 * math.log1p(1 / k)
            right = torch.addmv(x, A, x, alpha=h) + (2 * h * u[k]) * B
            x = torch.linalg.solve_triangular(one - h * A, right[:, None], upper=False)[:, 0]
        return torch.linalg.vector_norm(x).item()

    return scaled if request["basis"] == "scaled-legs" else fixed()


answer(prepare)
