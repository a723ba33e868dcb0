"""`numpy.linalg`, `scipy.linalg`, `lax.linalg`, `numpy.fft`: values beside JAX, of vectors what does not depend on their signs."""

import pytest
from both import check, check_error

A = "(jnp.sin(jnp.arange(9.0)).reshape(3, 3) + 2 * jnp.eye(3))"
B = "jnp.cos(jnp.arange(12.0) ** 2).reshape(4, 3)"
S = f"({A} @ {A}.T)"
V = "jnp.array([1.0, -2.0, 0.5])"
Z = f"({A} + 1j * {A}.T)"
NUMPY = [
    f"jnp.linalg.cholesky({S})", f"jnp.linalg.cholesky({S}, upper=True)", f"jnp.linalg.cond({A})", f"jnp.linalg.cond({A}, 'fro')", f"jnp.linalg.cond({A}, p=1)", f"jnp.linalg.cross({V}, {V} ** 2)",
    f"jnp.linalg.det({A})", f"jnp.linalg.diagonal({B}, offset=1)", f"jnp.sort(jnp.abs(jnp.linalg.eigvals({A})))", f"jnp.linalg.eigvalsh({S})", f"jnp.linalg.eigvalsh({S}, 'U')", f"jnp.linalg.inv({A})",
    f"jnp.linalg.lstsq({B}, jnp.arange(4.0))", f"jnp.linalg.lstsq({B}, jnp.arange(4.0), numpy_resid=True)[1]", f"jnp.linalg.matmul({B}, {A})", f"jnp.linalg.matrix_norm({B})", f"jnp.linalg.matrix_norm({B}, ord='nuc', keepdims=True)",
    f"jnp.linalg.matrix_power({A}, 3)", f"jnp.linalg.matrix_power({A}, -2)", f"jnp.linalg.matrix_rank({B})", f"jnp.linalg.matrix_rank({B}, rtol=10.0)", f"jnp.linalg.matrix_transpose({B})",
    f"jnp.linalg.multi_dot([{B}, {A}, {V}])", f"jnp.linalg.norm({B})", f"jnp.linalg.norm({B}, axis=1)", f"jnp.linalg.norm({B}, ord=jnp.inf)", f"jnp.linalg.norm({V}, 1, keepdims=True)", f"jnp.linalg.norm({B}, 'nuc')",
    f"jnp.linalg.outer({V}, {V})", f"jnp.linalg.pinv({B})", f"jnp.linalg.pinv({S}, hermitian=True)", f"jnp.linalg.pinv({B}, 0.5)", f"tuple(jnp.linalg.qr({B}))", f"jnp.linalg.qr({B}, mode='r')", f"jnp.linalg.qr({B}, 'complete')[1]",
    f"tuple(jnp.linalg.slogdet({A}))", f"tuple(jnp.linalg.slogdet({Z}))", f"jnp.linalg.solve({A}, {V})", f"jnp.linalg.solve({A}, {B}.T)", f"jnp.linalg.svd({B}, compute_uv=False)", f"jnp.linalg.svdvals({B})", f"jnp.abs(jnp.linalg.svd({B}, full_matrices=False)[0])",
    f"[x.shape for x in jnp.linalg.svd({B})]", f"jnp.linalg.tensordot({B}, {A}, axes=1)", f"jnp.linalg.tensorinv(jnp.eye(6).reshape(2, 3, 6) * 2.0, ind=2)", f"jnp.linalg.tensorsolve(jnp.eye(6).reshape(2, 3, 6) * 2.0, jnp.ones((2, 3)))",
    f"jnp.linalg.trace({B}, offset=-1)", f"jnp.linalg.vecdot({B}, {V})", f"jnp.linalg.vector_norm({B}, axis=0)", f"jnp.linalg.vector_norm({V}, ord=3)", f"(lambda r: r.eigenvectors @ jnp.diag(r.eigenvalues) @ r.eigenvectors.T)(jnp.linalg.eigh({S}))",
    f"jnp.abs(jnp.linalg.eigh({S}).eigenvectors)", f"(lambda r: jnp.abs(r.eigenvectors @ jnp.diag(r.eigenvalues) @ jnp.linalg.inv(r.eigenvectors)))(jnp.linalg.eig({A}))", f"type(jnp.linalg.eigh({S})).__name__, type(jnp.linalg.svd({A})).__name__",
    f"jax.grad(lambda a: jnp.linalg.det(a))({A})", f"jax.grad(lambda a: jnp.sum(jnp.linalg.inv(a) ** 2))({A})", f"jax.grad(lambda a: jnp.sum(jnp.linalg.solve(a, {V}) ** 2))({A})", f"jax.grad(lambda a: jnp.sum(jnp.linalg.cholesky(a @ a.T) ** 3))({A})",
    f"jax.grad(lambda a: jnp.sum(jnp.linalg.eigvalsh(a @ a.T) ** 2))({A})", f"jax.grad(lambda a: jnp.linalg.norm(a))({B})", f"jax.grad(lambda a: jnp.sum(jnp.linalg.svdvals(a) ** 3))({B})", f"jax.grad(lambda a: jnp.linalg.slogdet(a)[1])({A})", f"jax.vmap(jnp.linalg.inv)(jnp.stack([{A}, {S}]))",
]
SCIPY = [
    f"jsp.linalg.block_diag({A}, {B})", f"jsp.linalg.cholesky({S})", f"jsp.linalg.cholesky({S}, lower=True)", f"jsp.linalg.cho_solve(jsp.linalg.cho_factor({S}), {V})", f"jsp.linalg.circulant({V})", f"jsp.linalg.companion({V})",
    f"jsp.linalg.convolution_matrix({V}, 4)", f"jsp.linalg.convolution_matrix({V}, 4, mode='same')", f"jsp.linalg.det({A})", "jsp.linalg.dft(4)", "jsp.linalg.dft(4, scale='sqrtn')", f"jsp.linalg.eigh({S}, eigvals_only=True)", f"jnp.abs(jsp.linalg.eigh({S}, lower=False)[1])",
    f"jsp.linalg.eigh_tridiagonal({V}, {V}[:2], eigvals_only=True)", f"jsp.linalg.eigh_tridiagonal({V}, {V}[:2], eigvals_only=True, select='i', select_range=(0, 1))", f"jsp.linalg.expm({A})", f"jsp.linalg.expm(jnp.triu({A}), upper_triangular=True)", f"jsp.linalg.expm_frechet({A}, {S})",
    f"jsp.linalg.expm_frechet({A}, {S}, compute_expm=False)", f"jsp.linalg.fiedler({V})", f"jsp.linalg.fiedler_companion({V})", f"jnp.real(jsp.linalg.funm({S}, jnp.sin))", "jsp.linalg.hadamard(4)", "jsp.linalg.hadamard(2, dtype=float)", f"jsp.linalg.hankel({V})", "jsp.linalg.helmert(3)", "jsp.linalg.helmert(3, full=True)",
    f"jnp.abs(jsp.linalg.hessenberg({A}))", "jsp.linalg.hilbert(3)", f"jsp.linalg.inv({A})", "jsp.linalg.invhilbert(3)", "jsp.linalg.invpascal(3)", "jsp.linalg.leslie(jnp.array([0.1, 2.0]), jnp.array([0.2]))", f"jsp.linalg.lu({A})", f"jsp.linalg.lu({A}, permute_l=True)", f"jsp.linalg.lu_factor({A})",
    f"jsp.linalg.lu_solve(jsp.linalg.lu_factor({A}), {V}, trans=1)", "jsp.linalg.pascal(3)", "jsp.linalg.pascal(3, kind='lower')", f"jsp.linalg.polar({A}, method='svd')", f"jsp.linalg.qr({B}, mode='economic')", f"jsp.linalg.qr({B}, mode='r')", f"jsp.linalg.qr_multiply({B}, jnp.ones((2, 4)))",
    f"jsp.linalg.solve({A}, {V})", f"jsp.linalg.solve({S}, {V}, assume_a='pos', lower=True)", f"jsp.linalg.solve_triangular({A}, {V})", f"jsp.linalg.solve_triangular({A}, {V}, trans='T', lower=True, unit_diagonal=True)", f"jnp.real(jsp.linalg.sqrtm({S}))", f"jsp.linalg.svd({B}, compute_uv=False)",
    f"jsp.linalg.solve_sylvester({S}, {S}, {A})", f"jsp.linalg.toeplitz({V})", f"jsp.linalg.toeplitz({V}, {V})", f"(lambda tz: tz[1] @ tz[0] @ tz[1].T)(jsp.linalg.schur({A}))", f"jax.grad(lambda a: jnp.sum(jsp.linalg.expm(a)))({A})", f"jax.grad(lambda a: jnp.sum(jsp.linalg.solve_triangular(a, {V}) ** 2))({A})",
]
PIVOTED = [
    *(f"jsp.linalg.qr_multiply(jnp.cos(jnp.arange(12.0) ** 2).reshape(4, 3), {c}, pivoting=True)" for c in ("jnp.ones((2, 4))", "jnp.ones(3), mode='left'")),
    "jsp.linalg.qr_multiply(jnp.array([[1 + 2j, 3, -1j], [0.5, 1 - 1j, 4]]), jnp.ones((3, 2)), conjugate=True, pivoting=True)",
    *(f"jsp.linalg.qr({a}, mode='{mode}', pivoting=True)" for a in ("jnp.sin(jnp.arange(12.0) ** 2).reshape(3, 4)", "jnp.cos(jnp.arange(12.0) ** 2).reshape(4, 3)", "jnp.arange(6).reshape(2, 3)", "jnp.zeros((3, 3))")
      for mode in ("full", "economic", "r")),
    *(f"lax.linalg.qr({a}, pivoting=True, full_matrices={full})" for a in ("jnp.sin(jnp.arange(24.0) ** 2).reshape(2, 4, 3)", "jnp.array([[1 + 2j, 3, -1j], [0.5, 1 - 1j, 4]])") for full in (True, False)),
    "jax.vmap(lambda a: jsp.linalg.qr(a, pivoting=True))(jnp.sin(jnp.arange(18.0) ** 2).reshape(2, 3, 3))",
    "jax.grad(lambda a: jnp.sum(jnp.sin(jsp.linalg.qr(a, mode='economic', pivoting=True)[1])))(jnp.cos(jnp.arange(12.0) ** 2).reshape(4, 3))",
    "jax.jvp(lambda a: jsp.linalg.qr(a, mode='economic', pivoting=True)[:2], (jnp.cos(jnp.arange(12.0) ** 2).reshape(4, 3),), (jnp.ones((4, 3)),))",
]
LAX = [
    f"lax.linalg.cholesky({S})", f"lax.linalg.cholesky_update(jnp.linalg.cholesky({S}, upper=True), {V})", f"jnp.abs(lax.linalg.eigh({S})[0])", f"lax.linalg.eigh({S})[1]", f"jnp.sort(jnp.abs(lax.linalg.eig({A})[0]))", f"[len(lax.linalg.eig({A}, compute_left_eigenvectors=False))]",
    f"lax.linalg.lu({A})", f"lax.linalg.lu_pivots_to_permutation(jnp.array([2, 2, 2], dtype=jnp.int32), 4)", f"lax.linalg.qr({B}, full_matrices=False)", f"lax.linalg.svd({B}, compute_uv=False)", f"jnp.abs(lax.linalg.svd({B}, full_matrices=False)[0])", f"lax.linalg.symmetric_product({B}, jnp.eye(4), alpha=2.0, beta=3.0, symmetrize_output=True)",
    f"lax.linalg.triangular_solve({A}, {B}.T, left_side=True, lower=True)", f"lax.linalg.triangular_solve({A}, {B})", f"lax.linalg.triangular_solve({A}, {V}, left_side=True, transpose_a=True, unit_diagonal=True)", f"lax.linalg.triangular_solve({Z}, {V} + 0j, left_side=True, transpose_a=True, conjugate_a=True)",
    f"lax.linalg.tridiagonal({S})[1:3]", "lax.linalg.tridiagonal_solve(jnp.array([0.0, 1, 1]), jnp.array([4.0, 4, 4]), jnp.array([1.0, 1, 0]), jnp.ones((3, 1)))",
    "lax.linalg.tridiagonal_solve(jnp.array([0.0, 1j, 1]), jnp.array([4.0, 4j, 4]), jnp.array([1.0, 1, 0j]), jnp.ones((3, 1), 'complex64'))", f"jnp.abs(lax.linalg.hessenberg({A})[0])", f"(lambda ts: ts[1] @ ts[0] @ ts[1].T)(lax.linalg.schur({A}))",
    f"jax.grad(lambda a: jnp.sum(lax.linalg.cholesky(a @ a.T)))({A})",
]
X, C = "jnp.sin(jnp.arange(12.0)).reshape(3, 4)", "(jnp.arange(6.0) + 1j)"
FFT = [f"jnp.fft.{f}({C})" for f in ("fft", "ifft", "irfft", "hfft")] + [f"jnp.fft.{f}({X})" for f in ("fft", "rfft", "ihfft", "fft2", "fftn", "ifft2", "ifftn", "rfft2", "rfftn", "irfft2", "irfftn", "fftshift", "ifftshift")] + [
    f"jnp.fft.fft({C}, n=4, norm='ortho')", f"jnp.fft.rfft({X}, axis=0, norm='forward')", f"jnp.fft.irfft({C}, 7)", f"jnp.fft.fftn({X}, s=(2, 2), axes=(0, 1))", "jnp.fft.fftfreq(5)", "jnp.fft.rfftfreq(4, d=0.5)", f"jnp.fft.fftshift({X}, axes=0)",
    f"jax.grad(lambda x: jnp.sum(jnp.abs(jnp.fft.rfft(x)) ** 2))({X})", f"jsp.fft.dct({X})", f"jsp.fft.dct({C})", f"jsp.fft.idctn({X} + 1j * {X} ** 2, norm='ortho')", f"jsp.fft.dct({X}, n=3, axis=0, norm='ortho')", f"jsp.fft.idct({X})", f"jsp.fft.dctn({X})", f"jsp.fft.idctn({X}, norm='ortho')",
]


@pytest.mark.parametrize("code", NUMPY + SCIPY + PIVOTED + LAX + FFT)
def test_matrices_are_jaxs(code):
    # Decompositions round as often as matrices have elements.
    check(code, 1e-4)


ERRORS = [
    ("jnp.linalg.inv(jnp.ones((2, 3)))", "ValueError"), ("jnp.linalg.cholesky(jnp.ones(3))", "TypeError"), ("jnp.linalg.norm(jnp.ones((2, 2)), 'other')", "ValueError"), ("jnp.linalg.qr(jnp.ones((2, 2)), 'most')", "ValueError"),
    ("jnp.linalg.det([[1.0]])", "TypeError"), ("jsp.linalg.dft(3, scale='m')", "ValueError"), ("jsp.linalg.pascal(3, kind='x')", "ValueError"), ("jnp.fft.fft(jnp.ones(3), norm='x')", "ValueError"), ("jnp.fft.fft(jnp.ones(3), n=0)", "ValueError"),
    ("jnp.fft.rfft(jnp.ones(3) + 1j)", "ValueError"), *((f"jsp.fft.{f}(jnp.ones((3, 2)), type={kind})", "NotImplementedError") for f in ("dct", "idct", "dctn", "idctn") for kind in (1, 3, 4)),
    ("lax.linalg.eigh(jnp.eye(3), subset_by_index=(0, 2))", "NotImplementedError"), ("jsp.linalg.eigh(jnp.eye(2), eigvals=(0, 1))", "NotImplementedError"), ("jsp.linalg.eigh(jnp.eye(2), type=2)", "NotImplementedError"), ("jnp.linalg.eigh(jnp.eye(2), UPLO='X')", "ValueError"),
]


@pytest.mark.parametrize("row", ERRORS, ids=[r[0] for r in ERRORS])
def test_errors_are_of_jaxs_classes(row):
    code, kind, *texts = row
    check_error(code, kind, *texts)
