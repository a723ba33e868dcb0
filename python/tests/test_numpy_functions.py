"""Functions of `raxla.numpy`: rows that mean the same in raxla and in JAX."""

import pytest
from both import check

X = "jnp.array([[1.0, -2.0, 3.0], [4.0, 5.0, -6.0]])"
I = "jnp.array([3, 1, 2, 3, 1])"
N = "jnp.array([1.0, jnp.nan, 3.0, 2.0])"
ROWS = [
    # Options of reductions.
    f"jnp.sum({X}, axis=(0, 1), keepdims=True)", "jnp.sum(jnp.array([1, 2], dtype=jnp.int8), promote_integers=False)", f"jnp.prod({X}, where={X} > 0)",
    f"jnp.max({X}, axis=0, initial=2.0)", f"jnp.max({X}, where={X} < 2, initial=-9.0)", f"jnp.var({X}, axis=1, ddof=1)", f"jnp.var({X}, mean=1.0)",
    f"jnp.std({X}, correction=1)", f"jnp.std({X}, axis=0, mean=jnp.mean({X}, axis=0, keepdims=True))", f"jnp.nanvar({N}, mean=2.0)", f"jnp.nanstd({N}, ddof=1)",
    f"jnp.average({X}, axis=1, weights=jnp.array([1.0, 2.0, 3.0]), returned=True)", f"jnp.nanmean({N})", f"jnp.nanmedian({N})", f"jnp.nanargmax({N})",
    f"jnp.cov({X}, fweights=jnp.array([1, 2, 1]))", f"jnp.cov({X}, aweights=jnp.array([1.0, 2.0, 1.0]), dtype=jnp.float32)", f"jnp.corrcoef({X})",
    f"jnp.trapezoid({X}, dx=0.5)", f"jnp.trapezoid({X}, x=jnp.array([0.0, 1.0, 3.0]))", f"jnp.argsort({X}, dtype=jnp.int16)", f"jnp.sort({X}, descending=True)",
    f"jnp.searchsorted(jnp.array([1, 3, 5]), jnp.array([0, 3, 9]), side='right', method='sort')", f"jnp.amax({X})", f"jnp.ptp({X}, axis=0)",
    f"jnp.count_nonzero({X}, axis=0, keepdims=True)", f"jnp.nansum({N}, where=jnp.array([True, True, False, True]))",
    # Quantiles.
    f"jnp.quantile({X}, 0.3)", f"jnp.quantile({X}, jnp.array([0.1, 0.5]), axis=1, method='lower')", f"jnp.percentile({X}, 30, axis=0, keepdims=True)",
    f"jnp.nanquantile({N}, 0.5, method='higher')", f"jnp.nanpercentile({N}, jnp.array([10.0, 90.0]))", f"jnp.quantile({X}, 0.5, method='nearest')",
    # Sets.
    f"jnp.unique({I})", f"jnp.unique({I}, return_index=True, return_inverse=True, return_counts=True)", f"jnp.unique({I}, size=4)",
    f"jnp.unique({I}, size=5, fill_value=-1)", "jnp.unique(jnp.array([[1, 2], [2, 3], [1, 2]]), axis=0)", "jnp.unique(jnp.array([[1, 2], [2, 1]]), return_inverse=True)",
    "jnp.unique(jnp.array([1.0, jnp.nan, jnp.nan]))", "jnp.unique(jnp.array([1.0, jnp.nan, jnp.nan]), equal_nan=False)", f"tuple(jnp.unique_all({I}))",
    f"tuple(jnp.unique_counts({I}))", f"tuple(jnp.unique_inverse({I}))", f"jnp.unique_values({I})", f"jnp.unique_values({I}, size=2)",
    f"jnp.union1d({I}, jnp.array([7, 1]))", f"jnp.union1d({I}, jnp.array([7, 1]), size=6, fill_value=0)", f"jnp.setdiff1d({I}, jnp.array([1]))",
    f"jnp.setdiff1d({I}, jnp.array([1]), size=3)", f"jnp.setdiff1d({I}, jnp.array([1]), assume_unique=True)", f"jnp.intersect1d({I}, jnp.array([3, 9, 1]))",
    f"jnp.intersect1d({I}, jnp.array([3, 9, 1]), return_indices=True)", f"jnp.intersect1d({I}, jnp.array([3, 9, 1]), size=3, fill_value=0)",
    f"jnp.setxor1d({I}, jnp.array([3, 9, 1]))", f"jnp.setxor1d({I}, jnp.array([3, 9, 1]), size=4)", f"jnp.isin({I}, jnp.array([1, 2]))",
    f"jnp.isin({I}, jnp.array([1, 2]), invert=True, method='compare_all')", "jnp.unique(jnp.array([], dtype=jnp.int32))",
    # Where things are.
    f"jnp.nonzero({X} > 0)", "jax.jit(lambda x, fill: jnp.nonzero(x, size=5, fill_value=(fill, -1)))(jnp.eye(3)[1:], 7)",
    "jnp.roll(jnp.arange(6).reshape(2, 3), [1, 2], axis=[0, 1])", "jnp.logspace(jnp.array([0, 5]), jnp.array([5, 0]), 5, base=jnp.array([2, 3]))",
    "jnp.histogram(jnp.array([1, 2, 3, 10, 11, 15, 19, 25]), range=(0, 25), bins=5)", f"jnp.nonzero({X} > 0, size=5, fill_value=(-1, -2))", f"jnp.argwhere({X} > 0)", f"jnp.argwhere({X} > 0, size=2)",
    f"jnp.flatnonzero({X} < 0)", f"jnp.where({X} > 0, size=2)", f"jnp.extract({X} > 0, {X})", f"jnp.extract({X} > 0, {X}, size=6, fill_value=9.0)",
    f"jnp.compress(jnp.array([True, False, True]), {X}, axis=1)", f"jnp.compress(jnp.array([True, False]), {X}, axis=0, size=2, fill_value=7)",
    "jnp.mask_indices(3, jnp.triu)", "jnp.mask_indices(3, jnp.tril, 1, size=8)", "jnp.trim_zeros(jnp.array([0, 0, 1, 2, 0]))", "jnp.trim_zeros(jnp.array([0, 1, 0]), trim='b')",
    "jnp.trim_zeros(jnp.array([[0, 0], [0, 1]]), axis=0)", "jnp.ix_(jnp.array([0, 1]), jnp.array([2]))", "jnp.unravel_index(jnp.array([1, 5]), (2, 3))",
    "jnp.unravel_index(4, (2, 3))", "jnp.ravel_multi_index((jnp.array([0, 1]), jnp.array([2, 1])), (2, 3))",
    "jnp.ravel_multi_index((jnp.array([0, 5]), jnp.array([2, 4])), (2, 3), mode='wrap', order='F')", "jnp.diag_indices(3)", "jnp.diag_indices(2, ndim=3)",
    "jnp.diag_indices_from(jnp.eye(3))", "jnp.tril_indices_from(jnp.eye(3), 1)", "jnp.triu_indices_from(jnp.eye(3))", "jnp.digitize(jnp.array([0.5, 2.5]), jnp.array([0.0, 1.0, 2.0]))",
    "jnp.digitize(jnp.array([1.0, 2.5]), jnp.array([2.0, 1.0, 0.0]), right=True)",
    # Changes.
    f"jnp.delete({X}, 1, axis=1)", f"jnp.delete({X}, jnp.array([0, 3]))", f"jnp.delete({X}, slice(0, 4, 2))", f"jnp.delete({I}, jnp.array([True, False, False, True, False]))",
    f"jnp.insert({X}, 1, 9.0, axis=1)", f"jnp.insert({I}, jnp.array([0, 4]), jnp.array([7, 8]))", f"jnp.insert({I}, 2, jnp.array([7, 8]))", f"jnp.insert({I}, slice(1, 3), 0)",
    "jnp.arange(np.int64(3)), jnp.arange(np.int32(3), np.int32(6)), jnp.arange(np.float32(3.0))", "jnp.arange(np.int8(2), 5), jnp.arange(np.int64(2), dtype=float)",
    f"jnp.resize({X}, (2, 5))", "jnp.resize(jnp.arange(4), 2)", "jnp.fill_diagonal(jnp.zeros((3, 3)), 5, inplace=False)",
    f"jnp.place({X}, {X} < 0, jnp.array([7.0, 8.0]), inplace=False)", f"jnp.put({X}, jnp.array([0, 5]), 9.0, inplace=False)", f"jnp.put({X}, jnp.array([0, 9]), jnp.array([7.0, 8.0]), mode='wrap', inplace=False)",
    f"jnp.put_along_axis({X}, jnp.array([[0], [1]]), 9.0, axis=1, inplace=False)", "jnp.choose(jnp.array([0, 1, 0]), [jnp.array([1, 2, 3]), jnp.array([4, 5, 6])])",
    "jnp.choose(jnp.array([0, 5, -1]), [jnp.array([1, 2, 3]), 9], mode='clip')", f"jnp.take({X}, jnp.array([0, 9]), axis=1, mode='fill', fill_value=7.0)",
    f"jnp.take({X}, jnp.array([0, -1]), mode='wrap')", f"jnp.take_along_axis({X}, jnp.array([[0], [-1]]), axis=1)", f"jnp.take_along_axis({X}, jnp.array([[0], [-1]]), axis=1, wrap_negative_indices=False)",
    f"jnp.repeat({X}, jnp.array([1, 2]), axis=0)", "jnp.repeat(jnp.arange(3), jnp.array([1, 0, 2]), total_repeat_length=4)", f"jnp.partition({I}, 2)[2]", f"jnp.argpartition({I}, 2)",
    "jnp.lexsort((jnp.array([1, 0, 1]), jnp.array([2, 2, 1])))", "jnp.sort_complex(jnp.array([2, 1]))", "jnp.packbits(jnp.array([1, 0, 1]))", "jnp.packbits(jnp.array([[1, 0, 1]]), axis=1, bitorder='little')",
    "jnp.unpackbits(jnp.array([5], dtype=jnp.uint8))", "jnp.unpackbits(jnp.array([5], dtype=jnp.uint8), count=3, bitorder='little')", f"jnp.block([[{X}, {X}], [{X}, {X}]])", "jnp.block([1, jnp.arange(2)])",
    f"jnp.rollaxis({X}, 1)", f"jnp.select([{X} > 2, {X} < 0], [{X}, -{X}], 7.0)", f"jnp.clip({X}, max=2.0)",
    # Padding.
    f"jnp.pad({X}, ((1, 0), (0, 2)), mode='reflect')", f"jnp.pad({X}, (0, 2), mode='symmetric', reflect_type='odd')", f"jnp.pad({X}, 1, mode='wrap')", f"jnp.pad({X}, 1, mode='linear_ramp', end_values=((1, 2), (3, 4)))",
    f"jnp.pad({X}, 1, mode='maximum')", f"jnp.pad({X}, 2, mode='mean', stat_length=2)", f"jnp.pad({X}, 1, mode='minimum', stat_length=((1, 1), (2, 1)))", f"jnp.pad({X}, 1, mode='median')", f"jnp.pad({X}, 1, mode='empty').shape",
    f"jnp.pad({X}, ((0, 1), (1, 0)), constant_values=((1, 2), (3, 4)))", f"jnp.pad({X}, 1, constant_values=(5, 6))", "jnp.pad(jnp.arange(3), [(1, 2)])",
    f"jnp.pad({X}, (1, 2), mode=lambda row, w, axis, kw: row.at[:w[0]].set(kw.get('v', 1.0)), v=7.0)", f"jnp.pad({X}, (2,), 'edge')",
    # Histograms.
    f"jnp.histogram({X})", f"jnp.histogram({X}, bins=3, range=(0, 5), density=True)", f"jnp.histogram({X}, bins=jnp.array([-9.0, 0.0, 9.0]), weights={X})", f"jnp.histogram_bin_edges({X}, 4)",
    "jnp.histogram2d(jnp.arange(4.0), jnp.array([0.0, 1.0, 1.0, 2.0]), bins=2)", "jnp.histogram2d(jnp.arange(4.0), jnp.arange(4.0), bins=[2, 3], range=[(0, 4), None], density=True)",
    "jnp.histogramdd(jnp.array([[0.0, 1.0], [2.0, 3.0]]), bins=2)", "jnp.bincount(jnp.array([1, 1, 4]))", "jnp.bincount(jnp.array([1, 1, 4]), length=3)", "jnp.bincount(jnp.array([1, 1]), weights=jnp.array([0.5, 2.0]), minlength=4)",
    # Polynomials.
    "jnp.polyval(jnp.array([1, 2, 3]), 2)", "jnp.polyadd(jnp.array([1, 2]), jnp.array([1, 2, 3]))", "jnp.polysub(jnp.array([1.0]), jnp.array([1.0, 2.0]))", "jnp.polymul(jnp.array([1, 2]), jnp.array([0, 3]))",
    "jnp.polymul(jnp.array([0, 1, 2]), jnp.array([0, 3]), trim_leading_zeros=True)", "jnp.polydiv(jnp.array([1.0, 3.0, 2.0]), jnp.array([1.0, 1.0]))", "jnp.polydiv(jnp.array([1.0, 3.0, 2.0]), jnp.array([1.0, 1.0]), trim_leading_zeros=True)",
    "jnp.polyder(jnp.array([1.0, 2.0, 3.0]))", "jnp.polyder(jnp.array([1, 2, 3, 4]), 2)", "jnp.polyint(jnp.array([3.0, 2.0]))", "jnp.polyint(jnp.array([3.0, 2.0]), 2, k=jnp.array([1.0, 2.0]))", "jnp.poly(jnp.array([1.0, 2.0]))",
    "jnp.roots(jnp.array([0.0, 1.0, -3.0])).real", "jnp.roots(jnp.array([2.0]))",
    # Signals.
    "jnp.convolve(jnp.array([1.0, 2.0, 3.0]), jnp.array([1.0, 1.0]))", "jnp.convolve(jnp.arange(4), jnp.array([1, 2]), mode='same')", "jnp.correlate(jnp.arange(4.0), jnp.array([1.0, 2.0]))",
    "jnp.correlate(jnp.arange(4.0), jnp.array([1.0, 2.0]), 'full')", "jnp.hamming(5)", "jnp.hanning(4)", "jnp.bartlett(5)", "jnp.blackman(5)", "jnp.kaiser(5, 2.0)", f"jnp.gradient({X})", f"jnp.gradient({X}, 2.0, axis=1)",
    "jnp.gradient(jnp.array([0.0, 1.0, 4.0]), jnp.array([0.0, 1.0, 3.0]))", "jnp.unwrap(jnp.array([0.0, 6.0, 12.0]))", "jnp.unwrap(jnp.array([0, 3, 1]), period=4)", "jnp.ediff1d(jnp.array([1, 4, 9]), to_end=7, to_begin=jnp.array([0]))",
    "jnp.diff(jnp.arange(5) ** 2, n=2, prepend=0)", "jnp.interp(jnp.array([0.0, 5.0]), jnp.array([1.0, 2.0]), jnp.array([10.0, 20.0]), left=-1.0, right='extrapolate')",
    # Einstein's sums.
    f"jnp.einsum({X}, [0, 1], {X}, [2, 1], [0, 2])", f"jnp.einsum({X}, [0, 1])", f"jnp.einsum('ij,jk,kl->il', {X}, {X}.T, {X}, optimize='greedy')", f"jnp.einsum('ij,jk,kl->il', {X}, {X}.T, {X}, optimize=[(0, 1), (0, 1)])",
    f"jnp.einsum('...j,...j', {X}, {X}, optimize=False)", f"jnp.einsum_path('ij,jk->ik', {X}, {X}.T)[0]", "jnp.einsum_path('ij,jk,kl->il', jnp.ones((2, 9)), jnp.ones((9, 9)), jnp.ones((9, 2)))[0]",
    "jnp.vecdot(jnp.array([1j, 2]), jnp.array([3, 4j]))", "jnp.outer(jnp.arange(2), jnp.arange(3))", f"jnp.tensordot({X}, {X}, axes=((0, 1), (0, 1)))",
    # Functions of functions.
    "jnp.vectorize(lambda x, y: x + y)(jnp.arange(3), jnp.arange(2)[:, None])", "jnp.vectorize(lambda a, v: a @ v, signature='(n,m),(m)->(n)')(jnp.ones((4, 2, 3)), jnp.arange(3.0))",
    "jnp.vectorize(lambda x: (x, 2 * x))(jnp.arange(3))", "jnp.vectorize(lambda x: (x.sum(), x), signature='(n)->(),(n)')(jnp.ones((2, 3)))", "jnp.vectorize(lambda x, n: x * n, excluded={1})(jnp.arange(3), 3)",
    "jnp.vectorize(lambda x, *, n: x * n, excluded={'n'})(jnp.arange(3), n=3)", "jnp.vectorize(lambda x, y: x if y is None else x + y)(jnp.arange(3), None)",
    "jnp.piecewise(jnp.array([-1.0, 0.5, 2.0]), [jnp.array([True, False, False]), jnp.array([False, True, False])], [lambda x: -x, 7.0, lambda x: x * 2])",
    "jnp.piecewise(jnp.array([1, 2]), [jnp.array([True, False])], [lambda x, k: x + k], 5)", f"jnp.apply_along_axis(lambda x: x[:2] * 2, 1, {X})", f"jnp.apply_along_axis(jnp.outer, 0, {X}, jnp.arange(2.0)).shape",
    f"jnp.apply_over_axes(jnp.sum, {X}, [0, 1])", "jnp.fromfunction(lambda i, j: i * 10 + j, (2, 3))", "jnp.fromfunction(jnp.add, (2, 2), dtype=int)",
    f"jnp.add.reduce({X})", f"jnp.add.reduce({X}, axis=None, keepdims=True)", f"jnp.multiply.reduce({X}, axis=1, initial=2.0)", f"jnp.maximum.reduce({X}, axis=1)", f"jnp.subtract.reduce({X}, axis=1)", f"jnp.logaddexp.reduce({X}, axis=0)",
    f"jnp.add.reduce({X}, where={X} > 0, axis=1)", f"jnp.add.accumulate({X}, axis=1)", f"jnp.subtract.accumulate({X})", f"jnp.add.outer(jnp.arange(2), jnp.arange(3))", f"jnp.add.at({X}, (0, jnp.array([0, 0])), 1.0, inplace=False)",
    "jnp.negative.at(jnp.arange(3), jnp.array([1]), inplace=False)", "jnp.add.reduceat(jnp.arange(5), jnp.array([0, 2, 1]))", "jnp.frompyfunc(lambda x, y: x * 2 + y, 2, 1).reduce(jnp.arange(4))",
    "jnp.frompyfunc(lambda x, y: x * 2 + y, 2, 1).accumulate(jnp.arange(4.0))", "jnp.frompyfunc(lambda x, y: x * y, 2, 1)(jnp.arange(3), jnp.arange(3)[:, None])", "jnp.frompyfunc(lambda x, y: x * y, 2, 1, identity=1).reduce(jnp.arange(1, 4), where=jnp.array([True, False, True]))",
    "jnp.frompyfunc(lambda x: x + 1, 1, 1)(jnp.arange(3))", "jnp.add.nin, jnp.add.nout, jnp.add.nargs, jnp.add.identity, jnp.negative.nin", "repr(jnp.add)", "jnp.add.__name__", "jnp.bitwise_xor.reduce(jnp.array([5, 3, 1]))", "jnp.logical_and.reduce(jnp.array([[True, False], [True, True]]))",
    "jax.jit(lambda x: jnp.subtract.reduce(x))(jnp.arange(4.0))", "jax.grad(lambda x: jnp.frompyfunc(lambda a, b: a * b, 2, 1).reduce(x))(jnp.arange(1.0, 4.0))",
    # Grids.
    "jnp.mgrid[0:3]", "jnp.mgrid[0:2, 0:3]", "jnp.mgrid[0:1:3j]", "jnp.ogrid[0:2, 0:3]", "jnp.ogrid[0:2:5j]", "jnp.r_[1, 2, jnp.arange(3)]", "jnp.r_[0:3, 5.0]", "jnp.r_['0,2', jnp.arange(2), jnp.arange(2)]", "jnp.r_['r', jnp.arange(2)]",
    "jnp.r_['0,2,0', jnp.arange(2), jnp.arange(2)]", "jnp.r_[-1:1:5j]", "jnp.c_[jnp.arange(3), jnp.arange(3)]", "jnp.c_['c', jnp.arange(2)]", "jnp.s_[1:3, ...]", "jnp.index_exp[0]", "jnp.indices((2, 2), sparse=True)", "jnp.meshgrid(jnp.arange(2), jnp.arange(3), indexing='ij', sparse=True)",
    "jnp.meshgrid()",
    # Making arrays.
    "jnp.array([[1, 2.5], [True, 3]])", "jnp.array([1, 2j])", "jnp.array(jnp.asarray(1.0))", "jnp.array([jnp.float32(1), 2])", "jnp.array([np.float16(1), 2])", "jnp.array([np.int8(1), np.int16(2)])", "jnp.array([[], []])", "jnp.array(())", "jnp.array(memoryview(b'ab'))",
    "jnp.array([True, False])", "jnp.array(range(3))", "jnp.asarray([1, 2], dtype=float)", "jnp.asarray(np.arange(3.0))", "jnp.asarray(True)", "jnp.array(1j)", "jnp.frombuffer(b'\\0\\1', dtype=np.uint8)", "jnp.fromstring('1 2', sep=' ')",
    "jnp.from_dlpack(np.arange(3, dtype=np.int32))", "jnp.from_dlpack(np.arange(3, dtype=np.int64))", "jnp.from_dlpack(np.ones((2, 3)).T, copy=True)", "jnp.linspace(0, 10, 5, endpoint=False)", "jnp.linspace(jnp.array([0.0, 1.0]), 2, 3, axis=1)", "jnp.logspace(0, 2, 3, base=2)", "jnp.arange(5, dtype=jnp.float16)", "jnp.arange(2, 8, 3)", "jnp.eye(2, dtype=int)", "jnp.full_like(jnp.arange(2), 1.5, dtype=float)",
    "jnp.zeros_like(jnp.arange(2), shape=(3,))", "jnp.astype(jnp.arange(2), float)", "jnp.copy(jnp.arange(2))", "jnp.int32(3.7)", "jnp.complex64(2)", "jnp.bool_(2)",
    # Dtypes.
    "jnp.result_type(1, 2.0)", "jnp.result_type(jnp.arange(2), 1.5)", "jnp.result_type('int8', 'uint32')", "jnp.result_type(np.float64)", "jnp.result_type(jnp.bfloat16, jnp.float16)", "jnp.promote_types('int32', 'uint32')", "jnp.promote_types('float64', 'int8')", "jnp.promote_types(int, 'float16')",
    "jnp.promote_types(float, 'int8')", "jnp.can_cast('int32', 'int64')", "jnp.can_cast('float32', 'int8', casting='unsafe')", "jnp.can_cast(jnp.bfloat16, jnp.float32)", "jnp.isdtype(jnp.float32, 'real floating')", "jnp.isdtype('int8', ('bool', 'signed integer'))", "jnp.isdtype(jnp.int8, np.int8)", "jnp.isdtype(jnp.bfloat16, 'numeric')",
    "jnp.finfo(float).bits", "jnp.finfo(jnp.bfloat16).max", "jnp.finfo('complex64').eps", "jnp.iinfo('uint8').max", "jnp.iinfo(int).max", "jnp.isscalar(1)", "jnp.isscalar(jnp.array(1))", "jnp.isscalar(jnp.arange(1))", "jnp.iscomplexobj(1j)", "jnp.iscomplexobj(jnp.arange(2))", "jnp.isrealobj(np.arange(2))", "jnp.iterable([1])",
    "jnp.ndim(3)", "jnp.shape(jnp.eye(2))", "jnp.size(jnp.eye(2), 0)", "jnp.size(jnp.eye(2), (0, 1))", "jnp.issubdtype(jnp.int8, jnp.integer)", "jnp.dtype('float32')", "jnp.float32.dtype", "jnp.ComplexWarning.__name__",
    "jnp.array_str(jnp.arange(3))", "jnp.isneginf(jnp.array([-jnp.inf, 1.0]))", "jnp.nan_to_num(jnp.array([jnp.nan, jnp.inf]), nan=1.0, posinf=2.0)", "jnp.modf(jnp.array([1.5, -2.25]))",
    "jnp.angle(jnp.array([1j]), deg=True)", "jnp.float_power(2, 3)", "list(jnp.arange(6.0).reshape(3, 2))", "list(jnp.arange(250))", "jnp.ldexp(jnp.array([1.0]), 3)",
    "jnp.issubdtype(np.float32, np.integer)", "jnp.issubdtype(np.float32, np.float32)", "jnp.can_cast(np.int8, np.int32)", "jnp.ndim([1, 2]), jnp.shape([[1]]), jnp.size([1, 2])", "jnp.array_equal([1, 2], [1, 2])", "jnp.array_equiv([1, 2], (1,))",
    "jnp.asarray(np.arange(3), copy=False)", "jnp.delete(jnp.arange(6), np.array([[1, 2], [0, 0]]))", "jnp.delete(jnp.arange(6).reshape(2, 3), jnp.array([[1], [0]]), axis=1)", "jax.jit(lambda k: jnp.eye(3, 4, k=k))(1)", "jax.jit(lambda k: jnp.tri(3, k=k))(-1)",
    "[f(jnp.array([5, -5, 7]), jnp.array([0, 0, -2])) for f in (jnp.mod, jnp.fmod, jnp.divmod, jnp.floor_divide, lambda x, y: x % y, lax.rem)]", "jnp.mod(jnp.uint8(5), jnp.uint8(0))", "jnp.mod(5.0, 0.0)",
    "jnp.uint32(4294967295), jnp.array(2**31, dtype='uint32'), jnp.array(2**40, dtype='float32'), jnp.array(2**70, dtype=float)", "jnp.full(2, 2**31, jnp.uint32), jnp.full_like(jnp.zeros(2), 2**40), jnp.full(2, -1, 'uint8')",
    "lax.full((), 0xffffffff, 'uint32'), lax.full_like(jnp.zeros(2, 'uint32'), 2**31), lax.convert_element_type(2**31, 'uint32')", "jnp.array([2**40], dtype='float32'), jnp.array(np.array([2**40]), dtype='float32'), jnp.array([[2**31]], dtype='uint32')",
    "jax.random.key_data(jax.random.fold_in(jax.random.key(0), 2**32 - 1))", "jnp.array([1, 2], dtype=complex), jnp.array([1, 2], dtype='bfloat16'), jnp.array([True, 2], dtype='int8')",
    "jnp.arange(27).reshape(3, 3, 3)[[0, 1], :, [[0], [2]]]", "jnp.arange(9).reshape(3, 3)[[1, 2], None]", "jnp.arange(9).reshape(3, 3)[([0, 1], [0, 1])]", "jnp.arange(9).reshape(3, 3)[:, [True, False, True]]", "jnp.arange(9).reshape(3, 3)[:, []]",
    "jnp.arange(9).reshape(3, 3).at[[0, 1], [0, 1]].set(-1)", "jax.jit(lambda x, i: x[[i, 1], (0, i)])(jnp.arange(9).reshape(3, 3), 2)",
    *(f"ops.segment_{f}(jnp.arange(6.0).reshape(3, 2), jnp.array([0, -1, 1]), 3)" for f in ("sum", "prod", "max", "min")), "ops.segment_sum(jnp.arange(3), jnp.array([-1, 0, 5]), 3, mode='clip')",
    "[f(jnp.array([[1j, 2j, 1 - 3j], [2.0, 1j, 2 + 1j]]), axis=i, keepdims=True) for f in (jnp.max, jnp.min) for i in (0, 1, None)]", "jnp.max(jnp.array([1j, 2]), where=jnp.array([True, False]), initial=-1.0)", "jnp.maximum.reduce(jnp.array([1j, 2]))",
    "jnp.frompyfunc(lambda x, y: x * y if jnp.shape(x) == () else 1 / 0, 2, 1).outer(jnp.arange(3), jnp.arange(2))", "jnp.frompyfunc(lambda x, y: x * y if jnp.shape(x) == () else 1 / 0, 2, 1).reduce(jnp.ones((3, 2)))",
    "[jnp.einsum(s, jnp.array([[True, False], [False, False]])) for s in ('aa', 'ab->a', 'ab->', 'ab->ba')]", "repr([jnp.array([]), jnp.zeros((0, 3)), jnp.zeros(0, 'int8')])",
    "jsp.special.logsumexp(jnp.array([1j, 2.0, 1 + 1j]))", "jsp.special.logsumexp(jnp.array([1j, 2.0, 1 + 1j]), b=jnp.array([1.0, -2, 1]))", "jax.nn.logsumexp(jnp.array([1j, 2.0]), return_sign=True)", "jsp.special.logsumexp(jnp.array([1.0, 2.0]), b=jnp.array([1.0, -3.0]))",
    "jax.nn.logsumexp(jnp.array([1.0, 2.0]), b=jnp.array([1.0, -3.0]))", "jsp.special.sph_harm_y(jnp.array([1, 2, 3]), jnp.array([1, 1, 3]), jnp.array([-2.0, 3.5, -2.0]), jnp.array([-4.0, 0.3, 0.5]), n_max=3)",
    "[float(x) for x in jax.jvp(lambda p, t: jax.jvp(jsp.special.xlogy, p, t), ((0.0, 1.0), (0.5, 3.0)), ((1.0, 0.5), (1.0, 0.25)))[1]]",
    "jnp.eye(3, k=-7)", "jnp.tri(3, k=9)", "jnp.logaddexp(jnp.array([1j, 3.0]), 2 + 1j)", "jnp.logaddexp2(jnp.array([1j, 3.0]), 2 + 1j)", "jax.jvp(jnp.logaddexp, (1j, 2 + 1j), (1j, 1 + 0j))",
    "[f(jnp.array([1j, 2.0, 1 + 1j]), jnp.array([2 + 1j, 2 - 1j, 1 + 2j])) for f in (jnp.maximum, jnp.minimum, jnp.fmax, jnp.fmin)]", "jnp.rint(jnp.array([1.5 + 2.5j]))", "jax.jit(lambda x: round(x))(1.26)", "jax.jit(lambda x: round(x, 1))(1.26)", "round(jnp.array([1.5, -2.6]))",
    *(f"jnp.take_along_axis(jnp.array([10, 20, 30]), jnp.array([-1, -2, 5]), axis=0, mode='{mode}')" for mode in ("clip", "fill", "one_hot")),
    "jnp.take_along_axis(jnp.array([10, 20, 30]), jnp.array([-1, -2, 5]), axis=0, mode='clip', wrap_negative_indices=False)", "jnp.take_along_axis(jnp.array([10.0, 20.0]), jnp.array([-1, -3]), axis=0, mode='fill', wrap_negative_indices=False)",
    "jnp.take_along_axis(jnp.array([10, 20, 30]), jnp.array([-1, -2]), axis=0, mode='promise_in_bounds', wrap_negative_indices=True)", "jnp.take_along_axis(jnp.ones((2, 0)), jnp.array([[0]]), axis=1)", "jnp.take(jnp.ones((2, 0, 4)), jnp.array([], int), axis=1)",
    *(f"jnp.put_along_axis(jnp.zeros(3), jnp.array([-1, 1]), jnp.array([5.0, 6.0]), axis=0, inplace=False, mode={mode!r})" for mode in (None, "clip", "promise_in_bounds")),
    "jnp.linspace(jnp.zeros((2, 2)), 1.0, 1, retstep=True)", "jnp.linspace(jnp.zeros(2), 1.0, 0, retstep=True)",
    *("jax.grad(" * n + "jnp.sinc" + ")" * n + "(0.0)" for n in range(1, 5)), "jax.grad(jax.grad(jnp.sinc))(0.7)",
    *(f"jnp.pad(jnp.asarray(1.0)[None], 1, mode='{mode}')" for mode in ("mean", "linear_ramp", "median")),
]


@pytest.mark.parametrize("code", ROWS)
def test_functions_are_jaxs(code):
    check(code)


def test_files_hold_arrays(tmp_path):
    import jax.numpy as theirs
    import numpy as np

    import raxla.numpy as ours

    for name, x in (("f", np.arange(3.0, dtype=np.float32)), ("i", np.arange(4)), ("b", np.array([1, 2], dtype=theirs.bfloat16))):
        path = tmp_path / f"{name}.npy"
        theirs.save(path, theirs.asarray(x))
        assert ours.load(path).dtype == theirs.load(path).dtype
        ours.save(path, ours.asarray(x))
        np.testing.assert_array_equal(np.asarray(theirs.load(path)), np.asarray(ours.load(path)))
    ours.savez(tmp_path / "all.npz", ours.arange(3), named=ours.ones(2))
    made = ours.load(tmp_path / "all.npz")
    assert sorted(made) == ["arr_0", "named"]


def test_printing_follows_options():
    import raxla.numpy as jnp

    with jnp.printoptions(precision=2):
        assert repr(jnp.array([1.23456])) == "Array([1.23], dtype=float32)"
    assert jnp.get_printoptions()["precision"] == 8
    assert jnp.array_repr(jnp.arange(3)) == "Array([0, 1, 2], dtype=int32)"  # JAX has the name of a class of its own here
