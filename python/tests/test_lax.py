"""`lax`: primitives, strictness, products and convolutions, places, reductions, collectives, solutions of equations."""

import pytest
from both import check, check_error

X = "jnp.array([0.2, 0.5, 0.9])"
M = "jnp.arange(12.0).reshape(3, 4)"
Z = "jnp.array([0.5 + 1j, -2 + 0.25j])"
UNARY = ["acos", "asin", "asinh", "atan", "atanh", "bessel_i0e", "bessel_i1e", "cbrt", "cos", "cosh", "digamma", "erf", "erf_inv", "erfc", "exp", "exp2", "expm1", "lgamma",
         "log", "log1p", "logistic", "neg", "reciprocal", "rsqrt", "sin", "sinh", "sqrt", "square", "tan", "tanh", "abs", "sign", "floor", "ceil", "round"]
BINARY = ["add", "sub", "mul", "div", "pow", "max", "min", "atan2", "rem"]
INTEGER = ["bitwise_not", "clz", "population_count", "neg", "abs", "sign", "square"]
INTEGERS = ["add", "sub", "mul", "div", "rem", "bitwise_and", "bitwise_or", "bitwise_xor", "shift_left", "shift_right_arithmetic", "shift_right_logical", "max", "min", "eq", "ne",
            "ge", "gt", "le", "lt", "mulhi"]


@pytest.mark.parametrize("name", UNARY)
def test_functions_of_one_element(name):
    # Inverse functions by JAX's polynomials, ours by other ones.
    tolerance = 1e-5 if name in ("acos", "asin", "atanh", "digamma", "lgamma", "erf_inv", "cbrt", "exp2") else None
    check(f"lax.{name}({X})", tolerance)
    check(f"lax.{name}(0.5)", tolerance)
    check(f"jax.grad(lambda x: lax.reduce_sum(lax.{name}(x), (0,)))({X})", 1e-5)


@pytest.mark.parametrize("name", ["cos", "exp", "log", "sin", "sqrt", "tan", "tanh", "square", "neg", "reciprocal", "conj", "real", "imag", "abs", "sign"])
def test_functions_of_complex_numbers(name):
    # `sign` of complex numbers turns with its argument, which JAX's derivative leaves out.
    check(f"lax.{name}({Z})")


@pytest.mark.parametrize("name", BINARY)
def test_functions_of_two_elements(name):
    check(f"lax.{name}({X}, {X} + 0.3)")
    check(f"lax.{name}({X}, 2.0)")
    check(f"lax.{name}(3.0, {X})")
    check(f"jax.grad(lambda x, y: lax.reduce_sum(lax.{name}(x, y), (0,)), (0, 1))({X}, {X} + 0.3)", 1e-5)


@pytest.mark.parametrize("name", INTEGERS)
def test_functions_of_two_integers(name):
    check(f"lax.{name}(jnp.array([7, -9, 2**30]), jnp.array([2, 3, 5]))")
    check(f"lax.{name}(jnp.array([7, 9], dtype=jnp.uint8), jnp.array([2, 3], dtype=jnp.uint8))")


@pytest.mark.parametrize("name", INTEGER)
def test_functions_of_one_integer(name):
    check(f"lax.{name}(jnp.array([7, -9, 0]))")
    check(f"lax.{name}(5)")


ELEMENTS = [
    "lax.acosh(jnp.array([1.5, 3.0]))", "lax.is_finite(jnp.array([1.0, jnp.inf, jnp.nan]))", f"lax.complex({X}, {X})", f"lax.conj({X})", f"lax.integer_pow({X}, -3)",
    "lax.fft(jnp.arange(4.0), 'FFT', (4,))", "lax.fft(jnp.arange(4), lax.FftType.RFFT, (4,))", "lax.fft(jnp.arange(4.0), lax.FftType.FFT, ())",
    "lax.integer_pow(2, 3)", f"lax.pow({X}, jnp.arange(3))", "lax.pow(2.0, 3)", "lax.round(jnp.array([0.5, 1.5, -0.5, 2.5]))",
    "lax.round(jnp.array([0.5, 1.5, -0.5, 2.5]), lax.RoundingMethod.TO_NEAREST_EVEN)", "lax.nextafter(jnp.float32(1), jnp.float32(2))", f"lax.igamma({X}, {X})",
    f"lax.igammac({X}, {X})", f"lax.igamma_grad_a({X}, {X})", f"lax.random_gamma_grad({X}, {X})", f"lax.zeta({X} + 2, {X})", f"lax.polygamma(jnp.ones(3), {X})",
    f"lax.betainc({X}, {X}, {X})", f"lax.clamp(0.3, {X}, 0.6)", f"lax.clamp({X} - 0.1, {X} * 2, {X})", f"lax.select(jnp.array([True, False, True]), {X}, -{X})",
    f"lax.select(True, {X}, -{X})", f"lax.select_n(jnp.array([2, 0, 1]), {X}, {X} * 10, {X} * 100)", f"lax.convert_element_type({M}, jnp.int32)", "lax.convert_element_type(1, float)",
    f"lax.bitcast_convert_type({X}, jnp.int32)", f"lax.bitcast_convert_type({X}, jnp.uint8)", "lax.reduce_precision(jnp.float32(1.1), 5, 3)", "lax.stop_gradient({'a': jnp.ones(2)})",
    "lax.mul(jnp.bfloat16(3), jnp.bfloat16(3), out_dtype=jnp.float32)", f"lax.add({M}, {M}[:1])", f"lax.exp({X}, accuracy=None)", f"lax.add({X}, np.ones(3))",
    f"lax.fft({Z}, lax.FftType.FFT, (2,))", f"lax.fft({M}, 'RFFT', (4,))", f"lax.fft({Z}, 'irfft', (2,))", "jax.grad(lambda x: lax.stop_gradient(x) * x)(3.0)",
    "lax.broadcast_in_dim(jnp.arange(6).reshape(2, 3), (3, 2), (1, 0))",
]
SHAPES = [
    f"lax.broadcast({X}, (2,))", "lax.broadcast(1.0, (2,))", f"lax.broadcast_in_dim({X}, (2, 3), (1,))", f"lax.broadcast_to_rank({X}, 3)", f"lax.broadcast_like(1.0, {X})",
    "lax.broadcasted_iota(jnp.int32, (2, 3), 1)", "lax.iota(jnp.float32, 3)", "lax.full((2,), 1)", "lax.full((2, 2), 1.5, jnp.float16)", "lax.full((), jnp.float32(1))",
    f"lax.full_like({M}, 2)", f"lax.full_like({M}, 1.5, jnp.int32, (2,))", "lax.full_like(1.0, 2)", "lax.empty((2,), jnp.int32)", f"lax.reshape({M}, (4, 3))",
    f"lax.reshape({M}, (12,), (1, 0))", f"lax.collapse({M}, 0)", "lax.collapse(jnp.ones((2, 3, 4)), 1, 3)", f"lax.squeeze({M}[None], (0,))", f"lax.expand_dims({M}, (0, -1))",
    f"lax.transpose({M}, (1, 0))", f"lax.rev({M}, (0, 1))", f"lax.slice({M}, (0, 1), (3, 4), (2, 1))", f"lax.slice_in_dim({M}, -2, None, axis=-1)",
    f"lax.slice_in_dim({M}, 0, -1, 2, 1)", f"lax.index_in_dim({M}, -1)", f"lax.index_in_dim({M}, 1, 1, keepdims=False)", f"lax.pad({M}, 0.5, ((1, 0, 1), (-1, 2, 0)))",
    f"lax.tile({M}, (2, 1))", f"lax.split({M}, (1, 3), -1)", f"lax.concatenate([{M}, {M}], 1)", f"lax.stack([{X}, {X}], -1)", f"lax.unstack({M})", "lax.broadcast_shapes((3, 1), (1, 2))",
    f"lax.dtype({X}).name", f"lax.stage({X})", f"jax.grad(lambda x: jnp.sum(lax.pad(x, 0.0, ((1, 0, 1), (-1, 2, 0))) ** 2))({M})",
]
PLACES = [
    f"lax.dynamic_slice({M}, (1, 2), (2, 2))", f"lax.dynamic_slice({M}, (-1, -2), (1, 2))", f"lax.dynamic_slice({M}, jnp.array([2, 3]), (2, 2))",
    f"jax.jit(lambda i: lax.dynamic_slice({M}, (i, 0), (2, 2), allow_negative_indices=False))(-1)", f"jax.jit(lambda i: lax.dynamic_slice({M}, (i, i), (2, 2), allow_negative_indices=(True, False)))(-1)",
    f"lax.dynamic_slice_in_dim({M}, -1, 2, axis=-1)", f"lax.dynamic_index_in_dim({M}, 1, 1)", f"lax.dynamic_index_in_dim({M}, -1, 0, keepdims=False)",
    f"lax.dynamic_update_slice({M}, {M}[:2, :2], (1, -1))", f"lax.dynamic_update_slice_in_dim({M}, {M}[:1], -1, 0)", f"lax.dynamic_update_index_in_dim({M}, {M}[0], 1, 0)",
    f"lax.gather({M}, jnp.array([[2], [0], [9]]), lax.GatherDimensionNumbers((1,), (0,), (0,)), (1, 4), mode=None)",
    f"lax.gather({M}, jnp.array([[2], [0], [9]]), lax.GatherDimensionNumbers((1,), (0,), (0,)), (1, 4), mode='clip')",
    f"lax.gather({M}, jnp.array([[2], [9]]), lax.GatherDimensionNumbers((1,), (0,), (0,)), (1, 4), mode=lax.GatherScatterMode.FILL_OR_DROP, fill_value=-1.0)",
    f"lax.scatter({M}, jnp.array([[2], [0]]), {M}[:2] * 10, lax.ScatterDimensionNumbers((1,), (0,), (0,)), unique_indices=True)",
    f"lax.scatter_apply({M}, jnp.array([[2], [0], [2]]), lambda x: x * x + 1, lax.ScatterDimensionNumbers((1,), (0,), (0,)), update_shape=(3, 4))",
    f"lax.index_take({M}, (jnp.array([2, 0]), jnp.array([1, 3])), (0, 1))",
    f"jax.grad(lambda x: jnp.sum(lax.dynamic_slice(x, (-1, 1), (1, 2)) ** 2))({M})",
    f"jax.grad(lambda x: jnp.sum(lax.gather(x, jnp.array([[2], [0], [2]]), lax.GatherDimensionNumbers((1,), (0,), (0,)), (1, 4)) ** 2))({M})",
    f"jax.vmap(lambda i: lax.dynamic_index_in_dim({M}, i, 0))(jnp.array([1, -1]))",
] + [f"lax.scatter_{kind}({M}, jnp.array([[2], [0], [2], [7]]), jnp.ones((4, 4)) * 3, lax.ScatterDimensionNumbers((1,), (0,), (0,)))" for kind in ("add", "sub", "mul", "min", "max")]
COMBINING = [
    f"lax.reduce_sum({M}, (0,))", f"lax.reduce_prod({M}, (1,))", f"lax.reduce_max({M}, (0, 1))", f"lax.reduce_min({M}, [1])", "lax.reduce_and(jnp.array([True, False]), (0,))",
    "lax.reduce_or(jnp.array([5, 8]), (0,))", "lax.reduce_xor(jnp.array([5, 8, 4]), (0,))", f"lax.cumsum({M}, 1)", f"lax.cumprod({M}, 0, reverse=True)", f"lax.cummax(-{M}, 1)",
    f"lax.cummin({M}, 1)", f"lax.cumlogsumexp({M}, 1)", f"lax.argmax({M}, 1, jnp.int32)", f"lax.argmin({M}, 0, jnp.uint8)", f"lax.top_k({M}, 2)", f"lax.top_k({M}, 2, axis=0)",
    f"lax.approx_max_k({M}, 2)", f"lax.approx_min_k({M}, 2, reduction_dimension=0)", f"lax.sort(-{M}, 0)", "lax.sort((jnp.array([2, 1, 2]), jnp.array([3.0, 2.0, 1.0])), num_keys=2)",
    "lax.sort([jnp.array([2, 1])])", "lax.sort_key_val(jnp.array([2, 1, 3]), jnp.array([1.0, 2.0, 3.0]))", "lax.rng_bit_generator(jnp.arange(4, dtype=jnp.uint32), (3,))",
    "lax.rng_bit_generator(jnp.arange(4, dtype=jnp.uint32), (3,), algorithm=lax.RandomAlgorithm.RNG_THREE_FRY)", f"lax.reduce({M}, 0.0, lax.add, (0,))",
    f"lax.reduce({M}, 2.0, lax.mul, (1,))", f"lax.reduce({M}, 0.0, lambda a, b: a + b + a * b, (1,))",
    "lax.reduce({'v': jnp.array([3.0, 1.0]), 'i': jnp.arange(2)}, {'v': jnp.inf, 'i': 0}, lambda a, b: {'v': lax.min(a['v'], b['v']), 'i': lax.select(a['v'] < b['v'], a['i'], b['i'])}, (0,))",
    f"lax.reduce_window({M}, 0.0, lax.add, (2, 2), (1, 2), 'SAME')", f"lax.reduce_window({M}, -jnp.inf, lax.max, (2, 2))",
    f"lax.reduce_window({M}, 1.0, lambda a, b: a * b, (2, 1), padding=[(0, 1), (0, 0)], window_dilation=(2, 1))", f"lax.reduce_window({M}, jnp.inf, lax.min, (1, 3), (1, 2), 'SAME_LOWER')",
    f"lax.associative_scan(jnp.add, {M}, axis=1)", f"lax.associative_scan(lambda a, b: (a[0] * b[0], a[1] * b[0] + b[1]), ({X}, {X}), reverse=True)",
    f"jax.grad(lambda x: jnp.sum(lax.cumlogsumexp(x, 1) ** 2))({M})", f"jax.grad(lambda x: jnp.sum(lax.reduce_window(x, -jnp.inf, lax.max, (2, 2)) ** 2))({M})",
    f"jax.grad(lambda x: jnp.sum(lax.sort(x, 0) * {M}))(-{M})", f"jax.grad(lambda x: jnp.sum(lax.associative_scan(jnp.multiply, x) ** 2))({X})",
]
A, B = "jnp.arange(24.0).reshape(2, 3, 4)", "jnp.cos(jnp.arange(24.0)).reshape(2, 4, 3)"
IMAGE, KERNEL = "jnp.sin(jnp.arange(32.0)).reshape(1, 4, 4, 2)", "jnp.cos(jnp.arange(24.0)).reshape(2, 2, 2, 3)"
ROW, TAPS = "jnp.sin(jnp.arange(20.0)).reshape(1, 2, 10)", "jnp.cos(jnp.arange(12.0)).reshape(2, 2, 3)"
PRODUCTS = [
    "lax.dot(jnp.array([True, False]), jnp.array([True, True]))", "lax.dot(jnp.ones((2, 3), bool), jnp.ones((3,), bool), preferred_element_type=jnp.int32)",
    "lax.dot_general(jnp.eye(2, dtype=bool), jnp.ones((2, 2), bool), (((1,), (0,)), ((), ())))",
    f"lax.dot({M}, {M}.T)", f"lax.dot({M}, jnp.arange(4))", f"lax.dot({M}, {M}, dimension_numbers=(((1,), (1,)), ((), ())), precision='highest')",
    f"lax.dot_general({A}, {B}, (((2,), (1,)), ((0,), (0,))))", f"lax.dot_general({A}, {B}, (([2], [1]), ([0], [0])), lax.Precision.HIGHEST, jnp.float32)",
    f"lax.dot_general({A}, {B}, (((2, 0), (1, 0)), ((), ())), (lax.Precision.HIGH, lax.Precision.DEFAULT))", f"lax.batch_matmul({A}, {B})",
    f"lax.dot(jnp.ones((2, 2), jnp.int8), jnp.ones((2, 2), jnp.int8), preferred_element_type=jnp.int32)",
    f"lax.ragged_dot(jnp.ones((5, 3)), jnp.arange(24.0).reshape(2, 3, 4), jnp.array([2, 3]))",
    f"lax.ragged_dot_general(jnp.ones((5, 3)), jnp.arange(24.0).reshape(2, 3, 4), jnp.array([2, 2]), lax.RaggedDotDimensionNumbers((((1,), (1,)), ((), ())), [0], [0]))",
    f"lax.conv({ROW}, {TAPS}, (1,), 'SAME')", f"lax.conv({ROW}, {TAPS}, (2,), 'VALID')", f"lax.conv_with_general_padding({ROW}, {TAPS}, (1,), [(1, 2)], (2,), (2,))",
    f"lax.conv_general_dilated({IMAGE}, {KERNEL}, (2, 1), 'SAME', dimension_numbers=('NHWC', 'HWIO', 'NHWC'))",
    f"lax.conv_general_dilated({IMAGE}, {KERNEL}, (1, 1), [(1, 0), (-1, 1)], rhs_dilation=(2, 1), dimension_numbers=('NHWC', 'HWIO', 'NCHW'))",
    f"lax.conv_general_dilated({ROW}, {TAPS}[:, :1], (1,), 'SAME_LOWER', feature_group_count=2)", f"lax.conv_general_dilated(jnp.ones((2, 1, 5)), jnp.ones((4, 1, 2)), (1,), 'VALID', batch_group_count=2)",
    f"lax.conv_transpose({IMAGE}, {KERNEL}, (2, 2), 'SAME')", f"lax.conv_transpose({IMAGE}, {KERNEL}, (2, 1), 'VALID', rhs_dilation=(1, 2))",
    f"lax.conv_transpose({IMAGE}, jnp.moveaxis({KERNEL}, 2, 3), (2, 2), [(1, 1), (0, 1)], transpose_kernel=True)",
    f"lax.conv_transpose({IMAGE}, {KERNEL}, (2, 2), [(1, 1), (0, 1)], use_consistent_padding=True)", f"lax.conv_transpose(jnp.ones((2, 3)), jnp.ones((3, 4)), (), 'SAME')",
    f"lax.conv_general_dilated_patches({ROW}, (3,), (2,), 'SAME')", f"lax.conv_general_dilated_patches({IMAGE}, (2, 2), (1, 1), 'VALID', dimension_numbers=('NHWC', 'OIHW', 'NHWC'))",
    f"lax.conv_general_dilated_local({ROW}, jnp.cos(jnp.arange(144.0)).reshape(3, 6, 8), (1,), 'VALID', (3,))",
    f"jax.grad(lambda k: jnp.sum(lax.conv_transpose({IMAGE}, k, (2, 2), 'SAME') ** 2))({KERNEL})",
    f"jax.grad(lambda x, k: jnp.sum(lax.conv_general_dilated(x, k, (2, 1), 'SAME', dimension_numbers=('NHWC', 'HWIO', 'NHWC')) ** 2), (0, 1))({IMAGE}, {KERNEL})",
    f"jax.grad(lambda x: jnp.sum(lax.ragged_dot(x, jnp.arange(24.0).reshape(2, 3, 4), jnp.array([2, 3])) ** 2))(jnp.ones((5, 3)))",
    "tuple(lax.conv_dimension_numbers((1, 2, 3, 4), (1, 2, 3, 4), ('NHWC', 'HWIO', 'NCHW')))", "lax.padtype_to_pads((4, 5), (2, 3), (1, 2), 'same')",
    "tuple(map(int, lax.conv_shape_tuple((1, 2, 5), (3, 2, 2), (2,), 'SAME')))", "tuple(map(int, lax.conv_general_shape_tuple((1, 5, 2), (2, 2, 3), (1,), 'SAME', ('NHC', 'HIO', 'NHC'))))",
    "tuple(map(int, lax.conv_transpose_shape_tuple((1, 5, 2), (2, 2, 3), (2,), 'SAME', ('NHC', 'HIO', 'NHC'))))",
    "tuple(map(int, lax.reduce_window_shape_tuple((5, 6), (2, 2), (1, 2), [(0, 1), (0, 0)], window_dilation=(2, 1))))",
]
N = "axis_name='i'"
COLLECTIVES = [
    f"jax.vmap(lambda x: lax.psum(x, 'i'), {N})({M})", f"jax.vmap(lambda x: lax.pmean({{'a': x, 'b': x[0]}}, 'i'), {N})({M})", f"jax.vmap(lambda x: lax.pmax(x, 'i'), {N})({M})",
    f"jax.vmap(lambda x: lax.pmin(x, 'i'), {N})({M})", f"jax.vmap(lambda x: lax.axis_index('i'), {N})({M})", f"jax.vmap(lambda x: x * lax.axis_size('i'), {N})({M})",
    f"jax.vmap(lambda x: x * lax.psum(1, 'i'), {N})({M})", f"jax.vmap(lambda x: lax.psum(jnp.bool_(True), 'i'), {N})({M})",
    f"jax.vmap(lambda x: lax.all_gather(x, 'i'), {N})({M})", f"jax.vmap(lambda x: lax.all_gather(x, 'i', axis=1), {N})({M})", f"jax.vmap(lambda x: lax.all_gather(x, 'i', tiled=True), {N})({M})",
    f"jax.vmap(lambda x: lax.ppermute(x, 'i', [(0, 1), (1, 2), (2, 0)]), {N})({M})", f"jax.vmap(lambda x: lax.pshuffle(x, 'i', [2, 0, 1]), {N})({M})",
    f"jax.vmap(lambda x: lax.all_to_all(x, 'i', 0, 1), {N})(jnp.arange(18.0).reshape(3, 3, 2))", f"jax.vmap(lambda x: lax.all_to_all(x, 'i', 0, 1, tiled=True), {N})(jnp.arange(36.0).reshape(3, 6, 2))",
    f"jax.vmap(lambda x: lax.pswapaxes(x, 'i', 1), {N})(jnp.arange(18.0).reshape(3, 2, 3))", f"jax.vmap(lambda x: lax.psum_scatter(x, 'i'), {N})(jnp.arange(18.0).reshape(3, 3, 2))",
    f"jax.vmap(lambda x: lax.psum_scatter(x, 'i', scatter_dimension=1, tiled=True), {N})(jnp.arange(36.0).reshape(3, 2, 6))",
    f"jax.vmap(jax.vmap(lambda x: lax.psum(x, ('i', 'j')) + lax.axis_index(('i', 'j')), {N}), axis_name='j')({M})",
    f"jax.vmap(jax.grad(lambda x: lax.psum(jnp.sum(x ** 2), 'i')), {N})({M})", f"jax.grad(lambda x: jnp.sum(jax.vmap(lambda x: lax.ppermute(x, 'i', [(0, 1), (1, 2), (2, 0)]) * x, {N})(x)))({M})",
    f"jax.grad(lambda x: jnp.sum(jax.vmap(lambda x: lax.all_gather(x, 'i')[0] * x, {N})(x)))({M})", f"jax.vmap(lambda x: x - lax.pmean(x, 'i'), {N}, in_axes=1, out_axes=1)({M})",
]
CALLS = [
    "lax.cond(True, jnp.float32(1), lambda x: x + 1, jnp.float32(2), lambda x: x - 1)", "lax.cond(False, lambda x: x, lambda x: -x, operand=jnp.float32(3))", "lax.switch(7, [lambda x: x, lambda x: x * 10], jnp.int32(2))",
    "lax.map(lambda x: x ** 2, jnp.arange(5), batch_size=2)", "lax.map(lambda x: {'a': x[0] * x[1]}, (jnp.arange(4.0), jnp.ones(4)), batch_size=4)", "lax.map(lambda x: x + 1, jnp.arange(2), batch_size=3)",
    "lax.scan(lambda c, x: (c + x, c), jnp.float32(0), jnp.arange(4.0), unroll=True)", "lax.fori_loop(0, 4, lambda i, x: x * 2, jnp.int32(1), unroll=2)",
    "lax.fori_loop(0.0, 3.0, lambda i, x: x + i, 0.0)",
    "lax.platform_dependent(jnp.float32(2), cpu=lambda x: x + 1, default=lambda x: x - 1)", "lax.platform_dependent(jnp.float32(2), tpu=lambda x: x + 1, default=lambda x: x - 1)",
    "lax.optimization_barrier({'a': jnp.ones(2), 'b': 1.0})", "jax.grad(lambda x: lax.optimization_barrier((x * x, x))[0])(3.0)", "jax.vmap(lambda x, y: lax.optimization_barrier((x, y)), (0, None))(jnp.ones(2), 1.0)",
    "lax.composite(lambda x: x * 2, 'my.double')(jnp.float32(3))",
    "solve = lambda mv, b: b / mv(jnp.float32(1))\nf = lambda a, b: lax.custom_linear_solve(lambda x: a * x, b, solve, transpose_solve=solve)\nout = f(2.0, jnp.float32(3)), jax.grad(f, (0, 1))(jnp.float32(2), jnp.float32(3)), jax.vmap(f)(jnp.array([1.0, 2.0]), jnp.ones(2))",
    "solve = lambda mv, b: (b / 4.0, {'steps': jnp.int32(3)})\nout = lax.custom_linear_solve(lambda x: 4.0 * x, jnp.ones(2), solve, symmetric=True, has_aux=True)",
    "newton = lambda f, x: lax.fori_loop(0, 10, lambda _, x: x - f(x) / jax.grad(f)(x), x)\nroot = lambda a: lax.custom_root(lambda x: x ** 3 - a, a, newton, lambda g, y: y / g(jnp.float32(1)))\nout = root(jnp.float32(8)), jax.grad(root)(jnp.float32(8))",
    "lax.custom_root(lambda x: {'a': x['a'] - 2.0}, {'a': jnp.float32(0)}, lambda f, x: ({'a': x['a'] - f(x)['a']}, jnp.int32(7)), lambda g, y: y, has_aux=True)",
]
ALL = ELEMENTS + SHAPES + PLACES + COMBINING + PRODUCTS + COLLECTIVES + CALLS


@pytest.mark.parametrize("code", ALL)
def test_primitives_are_jaxs(code):
    # Sums of many terms, in another order.
    tolerance = 2e-5 if "conv" in code or "gamma" in code or "zeta" in code or "betainc" in code or "fft" in code or "cumlog" in code or "dot" in code else None
    check(code, tolerance)


ERRORS = [
    ("lax.add(jnp.ones(3), 1)", "TypeError", "one dtype", "f32[3]"), ("lax.add(jnp.arange(3), 1.0)", "TypeError"), ("lax.add(jnp.arange(3), True)", "TypeError"),
    ("lax.add(True, True)", "TypeError", "add"), ("lax.sin(1)", "TypeError", "floats"), ("lax.sin(jnp.arange(2))", "TypeError", "i32[2]"), ("lax.exp(True)", "TypeError"),
    ("lax.sin([1.0])", "TypeError"), ("lax.add(jnp.ones((2, 3)), jnp.ones(3))", "TypeError", "axes"), ("lax.eq(1, 1.0)", "TypeError"), ("lax.atan2(1, 2)", "TypeError"),
    ("lax.integer_pow(2, -3)", "TypeError"), ("lax.fft(jnp.ones(2) + 1j, 'RFFT', (2,))", "ValueError"), ("lax.bitwise_and(1.0, 2.0)", "TypeError", "bitwise_and"), ("lax.shift_left(jnp.int8(1), jnp.uint8(2))", "TypeError"),
    ("lax.is_finite(1)", "TypeError"), ("lax.real(1.0)", "TypeError"), ("lax.lt(1j, 2j)", "TypeError"), ("lax.clamp(0, jnp.arange(3.0), 1)", "TypeError"),
    ("lax.clamp(jnp.zeros(1), jnp.arange(3.0), 1.0)", "TypeError"), ("lax.select(jnp.array([True, False]), 1.0, 2.0)", "TypeError"),
    ("lax.select(jnp.array([True, False]), jnp.ones(2), jnp.arange(2))", "TypeError"), ("lax.cumsum(jnp.ones((2, 2)), -1)", "ValueError", "axis -1"), ("lax.argmax(jnp.ones(2), -1, int)", "ValueError"),
    ("lax.reduce_sum(jnp.ones(2), (1,))", "ValueError"), ("lax.reduce_sum(jnp.ones(2), (-1,))", "ValueError"), ("lax.reduce_and(jnp.ones(2), (0,))", "TypeError"), ("lax.rev(jnp.ones(2), (-1,))", "TypeError"),
    ("lax.concatenate([jnp.ones(2), jnp.arange(2)], 0)", "TypeError"), ("lax.concatenate([jnp.ones(2), jnp.ones(2)], -1)", "TypeError"), ("lax.transpose(jnp.ones((2, 3)), (0, 0))", "TypeError"),
    ("lax.reshape(jnp.ones(4), (-1,))", "TypeError"), ("lax.slice(jnp.ones(3), (0,), (5,))", "TypeError"), ("lax.index_in_dim(jnp.ones(3), 5)", "IndexError"), ("lax.tile(jnp.ones((2, 2)), (2,))", "TypeError"),
    ("lax.dynamic_slice(jnp.ones(3), (0,), (4,))", "TypeError"), ("lax.dynamic_slice(jnp.ones((3, 3)), (1.0, 1), (1, 1))", "TypeError"), ("lax.dynamic_update_slice(jnp.ones(3), 1.0, (0,))", "TypeError"),
    ("lax.pad(jnp.ones(3), 0, ((0, 0, 0),))", "TypeError"), ("lax.full((2,), jnp.ones(2))", "TypeError"), ("lax.cumsum(jnp.array([True]), 0)", "TypeError"), ("lax.dot(jnp.ones((2, 3)), jnp.ones((2, 3)))", "ValueError"),
    ("lax.conv_general_dilated(jnp.ones((1, 2, 5)), jnp.ones((1, 3, 2)), (1,), 'VALID')", "ValueError"), ("lax.conv(jnp.ones((1, 1, 5)), jnp.ones((1, 1, 2)), (1,), 'SOME')", "RuntimeError"),
    ("lax.reduce(jnp.ones(2), (0.0,), lax.add, (0,))", "ValueError"), ("lax.reduce_window(jnp.ones(2), 1, lambda a, b: a * b, (2,))", "TypeError"), ("lax.psum(1.0, 'i')", "NameError"), ("lax.axis_size('i')", "NameError"),
    ("jax.vmap(lambda x: lax.psum(x, 'i', axis_index_groups=[[0, 1]]), axis_name='i')(jnp.ones(2))", "NotImplementedError"), ("lax.gather(jnp.ones(2), jnp.array([[0]]), lax.GatherDimensionNumbers((), (0,), (0,)), (1,), mode='some')", "ValueError"),
    ("lax.sort_key_val(jnp.ones(2), jnp.ones(3))", "TypeError"), ("lax.cond(True, 1, 2, 3)", "TypeError"), ("lax.switch(0, [])", "ValueError"),
]


@pytest.mark.parametrize("row", ERRORS, ids=[r[0] for r in ERRORS])
def test_errors_are_of_jaxs_classes(row):
    code, kind, *texts = row
    check_error(code, kind, *texts)
