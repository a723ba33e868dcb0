"""LAPACK's side of `linalg.rs`: reads `operation dtype n` from stdin, line by line, and prints the least time of a call in seconds."""

import sys
import time

import numpy as np
import scipy.linalg as la


def matrices(n, dtype):
    def number(i):
        z = (i.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ z >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ z >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
        return ((z ^ z >> np.uint64(31)) >> np.uint64(11)).astype(np.float64) / 2.0**53 - 0.5

    i, j = np.indices((n, n))
    symmetric = number(np.minimum(i, j) * n + np.maximum(i, j)) + n * np.eye(n)
    return number(i * n + j).astype(dtype), symmetric.astype(dtype)


def tridiagonal_solve(a, s):
    bands = np.stack([np.roll(a[2], 1), s[0] + 10, np.roll(a[0], -1)])
    return la.solve_banded((1, 1), bands, a, check_finite=False)


def tridiagonal(a, s):
    return la.lapack.get_lapack_funcs("sytrd", (s,))(s, lower=1)


fast = dict(check_finite=False)
OPERATIONS = {
    "cholesky": lambda a, s: la.cholesky(s, lower=True, **fast),
    "triangular_solve": lambda a, s: la.solve_triangular(s, a, lower=True, **fast),
    "lu": lambda a, s: la.lu_factor(a, **fast),
    "qr": lambda a, s: la.qr(a, mode="economic", **fast),
    "geqrf": lambda a, s: la.qr(a, mode="raw", **fast),
    "eigh": lambda a, s: la.eigh(s, lower=True, driver="evd", **fast),
    "svd": lambda a, s: la.svd(a, full_matrices=False, **fast),
    "singular_values": lambda a, s: la.svdvals(a, **fast),
    "eig": lambda a, s: la.eig(a, **fast),
    "schur": lambda a, s: la.schur(a, **fast),
    "hessenberg": lambda a, s: la.lapack.get_lapack_funcs("gehrd", (a,))(a),
    "tridiagonal": tridiagonal,
    "tridiagonal_solve": tridiagonal_solve,
}


def least_time(work):
    start, least, calls = time.perf_counter(), float("inf"), 0
    while calls < 3 or time.perf_counter() - start < 0.2:
        begin = time.perf_counter()
        work()
        least = min(least, time.perf_counter() - begin)
        calls += 1
    return least


for line in sys.stdin:
    name, dtype, n = line.split()
    a, s = matrices(int(n), dtype)
    print(least_time(lambda: OPERATIONS[name](a, s)), flush=True)
