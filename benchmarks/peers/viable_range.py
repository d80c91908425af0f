"""Both ends of each person's score over near-optimal logistic regressions, as convex programs in cvxpy."""
import cvxpy as cp
import numpy as np

from answer import answer


def prepare(request):
    n, d, people = request["rows"], request["features"], request["people"]
    l2, slack = request["l2"], request["slack"]
    i, j = np.arange(n)[:, None], np.arange(d)[None, :]
    X = np.sin(i * np.sqrt(j + 1.0) * 12.9898 + 78.233 * j) * 1.4
    w_true, noise = np.cos(1.7 * j + 0.3), np.sin(i * 4.1414) * 3
    y = ((X * w_true).sum(1, keepdims=True) + noise > 0).squeeze(1).astype(float)

    def work():
        w, b = cp.Variable(d), cp.Variable()
        margin = cp.multiply(2 * y - 1, X @ w + b)
        loss = cp.sum(cp.logistic(-margin)) / n + l2 / 2 * cp.sum_squares(w)
        best = cp.Problem(cp.Minimize(loss)).solve(solver=cp.SCS, eps=1e-6)
        person = cp.Parameter(d)
        inside = [loss <= best + slack]
        ends = [cp.Problem(sense(person @ w + b), inside) for sense in (cp.Maximize, cp.Minimize)]
        width = 0
        for x in X[:people]:
            person.value = x
            high, low = (end.solve(solver=cp.SCS, eps=1e-6) for end in ends)
            width += high - low
        return width

    return work


answer(prepare)
