"""Linear algebra: JAX's decompositions, made unique as raxla makes them, and programs of what does not depend on that.

JAX leaves the signs and phases of eigenvectors and singular vectors, and the order of general eigenvalues, to LAPACK. Here they are turned
and sorted by JAX itself, so that derivatives, too, are those of the unique ones.
"""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax._src.lax import linalg as primitives

import program


def adjoint(x):
    return jnp.swapaxes(x.conj(), -1, -2)


def hermitian(x, lower=True):
    """What a decomposition that reads one triangle sees."""
    strict = jnp.tril(x, -1) if lower else jnp.triu(x, 1)
    n = x.shape[-1]
    return strict + adjoint(strict) + jnp.eye(n, dtype=x.dtype) * x.real.astype(x.dtype)


def phases(v):
    """The conjugate phase of each column's first element of at least 0.9 times the greatest size."""
    if v.size == 0:
        return jnp.ones(v.shape[:-2] + (1, v.shape[-1]), v.dtype)
    size = jnp.abs(v)
    place = jnp.argmax(size >= 0.9 * size.max(-2, keepdims=True), axis=-2)[..., None, :]
    chosen = jnp.take_along_axis(v, place, -2)
    return chosen.conj() / jnp.abs(chosen).astype(v.dtype)


def eigh(x, lower, sort_eigenvalues):
    v, w = lax.linalg.eigh(hermitian(x, lower), lower=lower, symmetrize_input=False)
    return v * phases(v), w


def eig(x, compute_left_eigenvectors, compute_right_eigenvectors):
    w, *vectors = lax.linalg.eig(x, compute_left_eigenvectors=compute_left_eigenvectors,
                                 compute_right_eigenvectors=compute_right_eigenvectors, enable_eigvec_derivs=True)
    order = jnp.lexsort((w.imag, w.real), axis=-1)
    outs = [jnp.take_along_axis(w, order, -1)]
    for v in vectors:
        v = jnp.take_along_axis(v, order[..., None, :], -1)
        outs.append(v * phases(v))
    return tuple(outs)


def completed(u, columns):
    """Orthonormal columns with those by which a QR decomposition completes them."""
    k = u.shape[-1]
    return u if k == columns else jnp.concatenate([u, lax.linalg.qr(u, full_matrices=True)[0][..., k:]], -1)


def svd(x, full_matrices, compute_uv):
    if not compute_uv:
        return lax.linalg.svd(x, full_matrices=False, compute_uv=False)
    u, s, vh = lax.linalg.svd(x, full_matrices=False)
    v = adjoint(vh)
    turn = phases(v)
    u, v = u * turn, v * turn
    if full_matrices:
        u, v = completed(u, x.shape[-2]), completed(v, x.shape[-1])
    return u, s, adjoint(v)


program.OPERATIONS.update({
    "cholesky": lambda x: lax.linalg.cholesky(hermitian(x), symmetrize_input=False),
    "triangular_solve": lambda a, b, **flags: lax.linalg.triangular_solve(a, b, **flags),
    "lu": lambda x: tuple(lax.linalg.lu(x)),
    "geqrf": lambda x: tuple(primitives.geqrf(x)),
    "householder_product": lax.linalg.householder_product,
    "qr": lambda x, full_matrices: tuple(lax.linalg.qr(x, full_matrices=full_matrices)),
    "eigh": eigh,
    "eig": eig,
    "svd": svd,
    "schur": lambda x, compute_schur_vectors: tuple(lax.linalg.schur(x, compute_schur_vectors=compute_schur_vectors)),
    "hessenberg": lambda x: tuple(lax.linalg.hessenberg(x)),
    "tridiagonal": lambda x, lower: tuple(lax.linalg.tridiagonal(x, lower=lower)),
    "tridiagonal_solve": lax.linalg.tridiagonal_solve,
})

DTYPES = ["f32", "f64", "c64", "c128"]
REAL = {"f32": "f32", "f64": "f64", "c64": "f32", "c128": "f64"}


def matrices(spread, shift=0.0):
    """Matrices with `shift + spread * i` added to the diagonal: well conditioned, and their eigenvalues differ."""
    def source(random, shape, dtype):
        x = random.uniform(-1, 1, shape)
        if dtype[0] == "c":
            x = x + 1j * random.uniform(-1, 1, shape)
        m, n = shape[-2:]
        x = x + np.eye(m, n) * (shift + spread * np.arange(n))
        return x.astype(program.DTYPES[dtype])
    return source


def turning(random, shape, dtype):
    """Real matrices with complex eigenvalues."""
    x = matrices(0.5)(random, shape, dtype)
    x[..., 0, 1] += 3
    x[..., 1, 0] -= 2
    return x


# Programs of what is unique.

def flipped(x):
    x = x.transpose(permutation=[1, 0])
    return x.conj() if x.dtype[0] == "c" else x


def schur_invariants(x):
    t, z = x.schur(compute_schur_vectors=True)
    n = x.shape[0]
    row, column = (x.program.apply("iota", shape=[n, n], dtype="i32", axis=axis) for axis in (0, 1))
    below = row.gt(column + (1 if x.dtype[0] == "f" else 0)).select(t, x.program.fill(0.0, (n, n), x.dtype))
    return [z.dot(t).dot(flipped(z)), flipped(z).dot(z), below]


def log_determinant(x):
    lu, _, _ = x.lu()
    n = x.shape[0]
    row, column = (x.program.apply("iota", shape=[n, n], dtype="i32", axis=axis) for axis in (0, 1))
    return row.eq(column).select(lu, x.program.fill(1.0, (n, n), x.dtype)).abs().log().sum()


def gaussian_log_density(a, b):
    """Of `b`, with the covariance `a aᵀ + I`."""
    n = a.shape[0]
    row, column = (a.program.apply("iota", shape=[n, n], dtype="i32", axis=axis) for axis in (0, 1))
    on = row.eq(column)
    l = (a.dot(a, right=1) + on.convert(dtype=a.dtype)).cholesky()
    z = l.triangular_solve(b, left_side=True, lower=True, transpose_a=False, conjugate_a=False, unit_diagonal=False)
    return (z * z).sum() * -0.5 - on.select(l, a.program.fill(1.0, (n, n), a.dtype)).log().sum()


def spectral_function(a):
    """`Σ exp(w) |vᴴ 1|²`, whatever the phases."""
    v, w = (a + a.transpose(permutation=[1, 0])).eigh(lower=True, sort_eigenvalues=True)
    return (w.exp() * v.sum(0).square()).sum()


def nuclear_norm(a):
    return a.svd(full_matrices=False, compute_uv=False).sum()


def spectral_radius(a):
    (w,) = a.eig(compute_left_eigenvectors=False, compute_right_eigenvectors=False)
    return w.abs().square().sum()


def least_squares(a, b):
    q, r = a.qr(full_matrices=False)
    x = r.triangular_solve(q.dot(b, left=0), left_side=True, lower=False, transpose_a=False, conjugate_a=False, unit_diagonal=False)
    return x.square().sum()


def add(cover, operation):
    """All cases; `cover` and `operation` are the generator's."""
    case = lambda name, build, operands, wanted: cover("linalg", name, build, operands, wanted)
    general, definite, distinct = matrices(1.5, 2.0), matrices(1.0, 4.0), matrices(2.0, -2.0)
    for dtype in DTYPES:
        double = dtype in ["f64", "c128"]
        wanted = "eval jvp vjp" + " vmap" * (dtype in ["f64", "c64"])
        case(f"cholesky/{dtype}", operation("cholesky"), [(dtype, (3, 3), definite)], wanted)
        few = {"f64": [0, 1, 2, 3, 5, 6, 17, 18], "c128": [3, 13, 14, 30]}
        for flags in few.get(dtype, [1, 6]):
            names = ["left_side", "lower", "transpose_a", "conjugate_a", "unit_diagonal"]
            params = {name: bool(flags >> i & 1) for i, name in enumerate(names)}
            b = (3, 2) if params["left_side"] else (2, 3)
            some = "eval" + " jvp vjp" * double + " vmap" * (flags in [0, 3] and dtype == "f64")
            label = "-".join(word.split("_")[0] for word, yes in params.items() if yes)
            case(f"triangular_solve/{label or 'plain'}/{dtype}", operation("triangular_solve", **params),
                 [(dtype, (3, 3), definite), (dtype, b, matrices(0.0))], some)
        for shape in [(3, 3), (4, 2), (2, 3)]:
            square = shape == (3, 3)
            label = "x".join(map(str, shape))
            some = "eval" + " jvp vjp" * (double or square) + " vmap" * (square and dtype in ["f64", "c64"])
            case(f"lu/{label}/{dtype}", operation("lu"), [(dtype, shape, general)], some.replace(" vjp", ""))
            case(f"geqrf/{label}/{dtype}", operation("geqrf"), [(dtype, shape, general)], "eval" + " vmap" * (square and double))
            for full in [False, True]:
                case(f"qr/{label}/{'full' if full else 'thin'}/{dtype}", operation("qr", full_matrices=full), [(dtype, shape, general)],
                     some if not full or not square else "eval")
                # JAX has no derivative of full ones that are not square.
                case(f"svd/{label}/{'full' if full else 'thin'}/{dtype}", operation("svd", full_matrices=full, compute_uv=True),
                     [(dtype, shape, general)], some if square or not full else "eval jvp vjp" if double else "eval")
            case(f"svd/{label}/values/{dtype}", operation("svd", full_matrices=False, compute_uv=False), [(dtype, shape, general)], some)
        case(f"householder_product/{dtype}", operation("householder_product"),
             [(dtype, (4, 3), matrices(0.0)), (dtype, (2,), lambda random, shape, dtype: random.uniform(0.5, 1.5, shape).astype(program.DTYPES[dtype]))],
             "eval" + " vmap" * (dtype == "f64"))
        for lower in [True, False]:
            side = "lower" if lower else "upper"
            case(f"eigh/{side}/{dtype}", operation("eigh", lower=lower, sort_eigenvalues=True), [(dtype, (3, 3), distinct)],
                 wanted if lower else "eval" + " jvp" * double)
            case(f"tridiagonal/{side}/{dtype}", operation("tridiagonal", lower=lower), [(dtype, (4, 4), hermitian_numbers)],
                 "eval" + " vmap" * (dtype == "f64"))
        case(f"hessenberg/{dtype}", operation("hessenberg"), [(dtype, (4, 4), general)], "eval" + " vmap" * (dtype == "f64"))
        for left, right in [(False, False), (False, True), (True, True)]:
            label = "both" if left else "right" if right else "values"
            build = operation("eig", compute_left_eigenvectors=left, compute_right_eigenvectors=right)
            case(f"eig/{label}/{dtype}", build, [(dtype, (3, 3), distinct)], wanted if double else "eval")
            if dtype[0] == "f":
                case(f"eig/{label}/turning/{dtype}", build, [(dtype, (3, 3), turning)], "eval jvp vjp" if double else "eval")
        for source in [distinct] + [turning] * (dtype[0] == "f"):
            name = f"schur_invariants/{'real' if source is distinct else 'turning'}/{dtype}"
            case(name, lambda _, x: schur_invariants(x), [(dtype, (4, 4), source)], "eval")
        diagonal = lambda random, shape, dtype: (matrices(0.0, 0.0)(random, shape + (1,), dtype)[..., 0] + 3).astype(program.DTYPES[dtype])
        side = lambda random, shape, dtype: matrices(0.0, 0.0)(random, shape + (1,), dtype)[..., 0]
        case(f"tridiagonal_solve/{dtype}", operation("tridiagonal_solve"),
             [(dtype, (4,), side), (dtype, (4,), diagonal), (dtype, (4,), side), (dtype, (4, 2), matrices(0.0))],
             "eval" + " jvp vjp" * double + " vmap" * (dtype == "f64"))
    f = lambda *shape, source=general: ("f64", shape, source)
    rows = [(log_determinant, [f(3, 3)]), (gaussian_log_density, [f(3, 3), f(3, 1, source=matrices(0.0))]),
            (spectral_function, [f(3, 3, source=distinct)]), (nuclear_norm, [f(3, 2)]), (spectral_radius, [f(3, 3, source=distinct)]),
            (least_squares, [f(4, 2), f(4, 1, source=matrices(0.0))])]
    for function, operands in rows:
        case(f"{function.__name__}/f64", lambda _, *xs, g=function: g(*xs), operands, "eval vjp hvp")
    edges(case, operation)


def hermitian_numbers(random, shape, dtype):
    x = matrices(1.0)(random, shape, dtype)
    return (x + np.swapaxes(x.conj(), -1, -2)) / 2


def edges(case, operation):
    """Empty, singular, and what is no number."""
    nan, inf = np.nan, np.inf
    thin = dict(full_matrices=False)
    for name, params in [("cholesky", {}), ("lu", {}), ("qr", thin), ("eigh", dict(lower=True, sort_eigenvalues=True)),
                         ("svd", dict(thin, compute_uv=True))]:
        case(f"{name}/f32/empty", operation(name, **params), [("f32", (0, 2, 2), matrices(0.0))], "eval")
        case(f"{name}/f64/one", operation(name, **params), [("f64", (1, 1), [[-2.0 if name != "cholesky" else 2.0]])], "eval")
    case("qr/f32/full/empty", operation("qr", full_matrices=True), [("f32", (2, 0), matrices(0.0))], "eval")
    case("cholesky/f64/special", operation("cholesky"), [("f64", (5, 2, 2), [
        [[1, 0], [2, 1]], [[-1, 0], [0, 1]], [[nan, 0], [0, 1]], [[1, 0], [nan, 1]], [[0, 0], [0, 0]]])], "eval")
    case("cholesky/c64/special", operation("cholesky"), [("c64", (2, 2), [[1, 0], [2j, 1]])], "eval")
    case("lu/f64/singular", operation("lu"), [("f64", (3, 3, 3), [
        [[2, 4, 1], [1, 2, 3], [0.5, 1, -2]], np.zeros((3, 3)), [[0, 1, 2], [0, 3, 4], [0, 5, 7]]])], "eval")
    flags = dict(left_side=True, lower=True, transpose_a=False, conjugate_a=False, unit_diagonal=False)
    case("triangular_solve/f64/singular", operation("triangular_solve", **flags), [
        ("f64", (2, 2), [[2, 0], [1, 0]]), ("f64", (2, 1), [[2], [3]])], "eval")
    case("tridiagonal_solve/f64/singular", operation("tridiagonal_solve"), [
        ("f64", (2,), [0, 1]), ("f64", (2,), [1, 1]), ("f64", (2,), [1, 0]), ("f64", (2, 1), [[1], [2]])], "eval")
    case("tridiagonal_solve/f64/pivot", operation("tridiagonal_solve"), [
        ("f64", (3,), [0, 3, 1]), ("f64", (3,), [0, 0, 2]), ("f64", (3,), [2, 1, 0]), ("f64", (3, 1), [[1], [2], [3]])], "eval")
    for name, params in [("eigh", dict(lower=True, sort_eigenvalues=True)), ("svd", dict(thin, compute_uv=True))]:
        case(f"{name}/f64/special", operation(name, **params), [("f64", (2, 2), [[1, 0], [nan, 1]])], "eval")
