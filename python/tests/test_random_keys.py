"""Keys of random numbers: typed ones and raw ones, and what passes them on."""

import pytest
from both import WORLDS, check, check_error, evaluate

R = "jax.random"
K = f"{R}.key(3)"
KS = f"{R}.split({K}, 6).reshape(2, 3)"
RAW = f"{R}.PRNGKey(3)"
ROWS = [
    # Made, split, folded, unwrapped.
    K, KS, RAW, f"{R}.key(-1)", f"{R}.key(2**40)", f"{R}.PRNGKey(-1)", f"{R}.key(jnp.array(7))", f"{R}.key(np.int64(9))", f"{R}.PRNGKey(jnp.uint8(200))", f"{R}.key(True)",
    f"{R}.key(5, impl='rbg')", f"{R}.key(5, impl='unsafe_rbg')", f"{R}.PRNGKey(5, impl='rbg')", f"{R}.key(1, dtype={K}.dtype)", f"{R}.split({K})", f"{R}.split({K}, (2, 2))",
    f"{R}.split({RAW})", f"{R}.split({RAW}, (2,))", f"{R}.fold_in({K}, 7)", f"{R}.fold_in({RAW}, 7)", f"{R}.fold_in({K}, jnp.array(-1))", f"{R}.fold_in({K}, 1.5)",
    f"{R}.key_data({KS})", f"{R}.key_data({RAW})", f"{R}.wrap_key_data({RAW})", f"{R}.wrap_key_data(jnp.arange(8, dtype='uint32').reshape(2, 4), impl='rbg')",
    f"{R}.key_impl({K})", f"{R}.key_impl({RAW})", f"{R}.key_impl({R}.key(0, impl='rbg'))", f"str({R}.key_dtype('rbg'))", f"{R}.clone({K})", f"{R}.clone({RAW})",
    f"{R}.split({R}.key(1, impl='rbg'))", f"{R}.fold_in({R}.key(1, impl='rbg'), 3)", f"{R}.normal({R}.key(1, impl='rbg'), (3,))", f"{R}.split({R}.key(1, impl='unsafe_rbg'))",
    f"{R}.fold_in({R}.key(1, impl='unsafe_rbg'), 3)", f"{R}.uniform({R}.key(1, impl='unsafe_rbg'), (3,))",
    # What keys are of if they do not say.
    f"with jax.default_prng_impl('rbg'):\n    k = {R}.key(3)\n    out = k, {R}.PRNGKey(3), {R}.split({R}.PRNGKey(3)), {R}.normal(k), {R}.key_impl({R}.PRNGKey(3))",
    f"with jax.enable_custom_prng(True):\n    out = {R}.PRNGKey(3)",
    # Attributes.
    f"{KS}.shape, {KS}.ndim, {KS}.size, {KS}.nbytes, {K}.itemsize, len({KS}), str({KS}.dtype), {K}.dtype.name", f"isinstance({K}, jax.Array)", f"str({K}), repr({KS}), f'{{{K}}}'",
    f"{K}.dtype == {KS}.dtype, {K}.dtype == {R}.key(0, impl='rbg').dtype, {K}.dtype == np.dtype('int32'), hash({K}.dtype) == hash({KS}.dtype)",
    f"[jax.dtypes.issubdtype({K}.dtype, k) for k in (jax.dtypes.prng_key, jax.dtypes.extended, jnp.integer, np.generic)]", f"jnp.issubdtype({K}.dtype, jax.dtypes.prng_key)",
    "jax.dtypes.issubdtype(jnp.float32, jax.dtypes.prng_key), jax.dtypes.issubdtype(jax.dtypes.prng_key, jax.dtypes.extended)",
    # Dtypes of keys ask for keys.
    *(f"jnp.{code}" for code in (f"array({K}, dtype={K}.dtype)", f"asarray([{K}], dtype={K}.dtype)", f"full((2,), {K}, dtype={K}.dtype)", f"full((2,), 100, {K}.dtype)",
                                f"zeros({KS}.shape, {KS}.dtype)", f"ones(2, dtype={R}.key(0, impl='rbg').dtype)", f"result_type({K}, {KS}).name")),
    f"jax.jit(lambda k: jnp.empty((2,), k.dtype))({K})",
    # Places and shapes.
    f"{KS}[0]", f"{KS}[0, 1]", f"{KS}[-1, ::2]", f"{KS}[..., None]", f"{KS}[jnp.array([1, 1, 0])]", f"{KS}[jnp.array([True, False])]", f"[k for k in {KS}[0]]", f"list({R}.split({K}, 150))", f"{KS}.T", f"{KS}.reshape(-1)",
    f"{KS}.ravel()", f"{KS}.flatten()", f"{KS}.transpose(1, 0)", f"{KS}.swapaxes(0, 1)", f"{KS}[:1].squeeze()", f"{KS}.take(4)", f"{KS}.at[0].set({KS}[1])", f"{KS}.at[1, 1].get()",
    f"{KS}.copy()", f"jnp.stack([{K}, {K}])", f"jnp.array([{K}, {K}])", f"jnp.asarray({K})", f"jnp.concatenate([{KS}, {KS}], 1)", f"jnp.append({KS}, {KS})", f"jnp.vstack([{K}, {K}])",
    f"jnp.where(jnp.array([True, False]), {K}, {KS}[0, :2])", f"jnp.where(True, {KS}, {KS}[::-1])", f"jnp.expand_dims({K}, 0)", f"jnp.broadcast_to({K}, (2,))", f"jnp.tile({KS}, 2)",
    f"jnp.flip({KS})", f"jnp.roll({KS}, 1)", f"jnp.repeat({KS}, 2)", f"jnp.moveaxis({KS}, 0, 1)", f"jnp.split({KS}, 3, axis=1)", f"jnp.unstack({KS})", f"jnp.take({KS}, jnp.array([2, 0]), axis=1)",
    f"jnp.zeros_like({K})", f"jnp.ones_like({K})", f"jnp.full_like({KS}, {K})", f"jnp.shape({KS}), jnp.size({KS}), jnp.ndim({KS})", f"lax.select(True, {K}, {R}.key(4))", f"lax.stop_gradient({K})",
    f"{K} == {K}, {K} != {R}.key(4)", f"{KS} == {KS}[0]", f"{KS} != {KS}[0, 0]", f"jnp.array_equal({KS}, {KS})", f"jnp.equal({K}, {R}.key(4))",
    f"{R}.key(1, impl='rbg')[None].reshape(1, 1)", f"jnp.full((2,), {K})", f"jnp.choose(jnp.array([0, 1]), [{KS}[0, :2], {KS}[1, :2]])",
    f"lax.dynamic_slice({KS}, (1, 0), (1, 2))", f"lax.dynamic_update_slice({KS}, {KS}[:1], (1, 0))", f"lax.rev({KS}, (0,))", f"lax.broadcast_in_dim({K}, (2,), ())",
    f"jnp.vectorize({R}.normal, signature='()->()')({KS})", f"jnp.vectorize(lambda k, x: x * {R}.normal(k, (2,)), signature='(),()->(n)')({KS}, jnp.arange(3.0))",
    # Transforms.
    f"jax.jit(lambda k: k)({KS})", f"jax.jit({R}.split)({K})", f"jax.jit(lambda d: {{'k': d['k'], 'x': {R}.normal(d['k'])}})({{'k': {K}}})", f"jax.jit(lambda: {R}.key(3))()",
    f"jax.jit(lambda k: k[0])({KS})", f"jax.jit(jax.jit({R}.split))({K})", f"jax.jit(lambda s: {R}.key(s))(8)", f"jax.jit(lambda k: jnp.stack([k, {R}.fold_in(k, 1)]))({K})",
    f"jax.vmap({R}.normal)({KS}[0])", f"jax.vmap({R}.split)({KS}[0])", f"jax.vmap(lambda k: k)({KS})", f"jax.vmap(lambda k: k, in_axes=1, out_axes=1)({KS})",
    f"jax.vmap(lambda k: k, in_axes=-1, out_axes=-1)({KS})", f"jax.vmap(jax.vmap({R}.uniform))({KS})", f"jax.vmap(lambda k, x: {R}.fold_in(k, x), (None, 0))({K}, jnp.arange(3))",
    f"jax.vmap(lambda s: {R}.key(s))(jnp.arange(3))", f"jax.vmap(lambda k, i: k[i], (0, 0))({KS}, jnp.array([0, 2]))", f"jax.vmap(lambda k: jnp.stack([k, k]), out_axes=-1)({KS}[0])",
    f"lax.scan(lambda k, _: ({R}.split(k)[0], k), {K}, None, length=3)", f"lax.scan(lambda c, k: (c, {R}.normal(k)), jnp.float32(0), {KS}[0])", f"lax.map({R}.normal, {KS}[0])",
    f"lax.cond(True, lambda k: k, lambda k: {R}.fold_in(k, 1), {K})", f"lax.switch(1, [lambda k: k, lambda k: {R}.fold_in(k, 1)], {K})",
    f"lax.while_loop(lambda c: c[1] < 3, lambda c: ({R}.fold_in(c[0], 1), c[1] + 1), ({K}, jnp.int32(0)))", f"lax.fori_loop(0, 3, lambda i, k: {R}.fold_in(k, i), {K})",
    f"jax.grad(lambda x: (x * x, {K}), has_aux=True)(1.0)", f"jax.grad(lambda x, k: x * {R}.normal(k))(jnp.float32(1), {K})", f"jax.vjp(lambda x: (x * x, {K}), 3.0, has_aux=True)[2]",
    f"jax.jvp(lambda x: (x * x, {K}), (3.0,), (1.0,), has_aux=True)[2]", f"jax.grad(jax.checkpoint(lambda x, k: jnp.sum(x * {R}.normal(k, (2,)))))(jnp.float32(1), {K})",
    f"jax.tree.map(lambda k: k, {{'a': {K}, 'b': [{KS}]}})", f"str(jax.tree.structure({{'a': {K}}}))", f"jax.device_put({K})", f"jax.device_get({K})", f"jax.block_until_ready({K})",
    f"str(jax.eval_shape({R}.split, {K}))", f"str(jax.eval_shape(lambda k: {{'k': k, 'x': {R}.normal(k)}}, jax.ShapeDtypeStruct((), {K}.dtype)))",
    f"str(jax.ShapeDtypeStruct((2,), {K}.dtype))", f"import pickle\nout = pickle.loads(pickle.dumps([{KS}, {R}.key(1, impl='rbg')]))",
    f"import pickle\nout = str(pickle.loads(pickle.dumps({K}.dtype)))", f"import copy\nout = copy.deepcopy({K})",
    f"f = jax.custom_vjp(lambda x, k: x * {R}.normal(k))\nf.defvjp(lambda x, k: (f(x, k), k), lambda k, ct: (ct * {R}.normal(k), None))\nout = jax.grad(f)(jnp.float32(2), {K})",
]
ERRORS = [
    (f"jnp.array(3, dtype={K}.dtype)", "TypeError"), (f"jnp.result_type({K}, 1.0)", "ValueError"),
    (f"{K} + 1", "TypeError", "key<fry>"), (f"1 + {K}", "TypeError", "key<fry>"), (f"{K} * {K}", "TypeError"), (f"{K} < {K}", "TypeError"), (f"-{K}", "TypeError"), (f"abs({K})", "TypeError"),
    (f"jnp.sin({K})", "TypeError", "key<fry>"), (f"jnp.sum({KS})", "TypeError", "key<fry>"), (f"jnp.sort({KS})", "TypeError"), (f"jnp.add({K}, {K})", "TypeError"),
    (f"jnp.concatenate([{KS}[0], jnp.arange(2)])", "Exception"), (f"jnp.where(True, {K}, 1)", "Exception"), (f"jnp.where(True, {K}, jnp.uint32(1))", "Exception"),
    (f"jnp.stack([{K}, {R}.key(0, impl='rbg')])", "Exception"), (f"{KS}.at[0].add(1)", "TypeError"), (f"{KS}.at[0].set(1)", "TypeError"), (f"jnp.arange(3)[{K}]", "TypeError"),
    (f"bool({K})", "TypeError", "key array"), (f"float({K})", "TypeError"), (f"int({K})", "TypeError"), (f"hash({K})", "TypeError"), (f"len({K})", "TypeError"), (f"list({K})", "TypeError", "0-d key array"),
    (f"np.asarray({K})", "TypeError", "key_data"), (f"{R}.key_data(3)", "TypeError"), (f"{R}.key_data(jnp.arange(3))", "TypeError", "(2,)"), (f"{R}.wrap_key_data(jnp.int32([1, 2]))", "TypeError"),
    (f"{R}.wrap_key_data({K})", "TypeError"), (f"{R}.key_impl(jnp.arange(3))", "TypeError"), (f"{R}.key(0, impl='foo')", "ValueError", "unrecognized PRNG implementation"),
    (f"{R}.key(0, impl=3)", "TypeError", "unrecognized type"), (f"{R}.key(0, impl='rbg', dtype={K}.dtype)", "ValueError"), (f"{R}.key(jnp.arange(3))", "TypeError", "scalar seed", "(3,)"),
    (f"{R}.key(1.5)", "TypeError", "integer"), (f"{R}.key({K})", "TypeError", "PRNG key"), (f"{R}.PRNGKey({K})", "TypeError", "PRNGKey"), (f"{R}.key(2**70)", "OverflowError"),
    (f"{R}.split({KS})", "ValueError", "split", "(2, 3)"), (f"{R}.split(3)", "TypeError"), (f"{R}.fold_in({K}, jnp.arange(2))", "TypeError", "scalar"), (f"{R}.fold_in({KS}, 1)", "ValueError"),
    (f"{R}.fold_in({K}, -1)", "OverflowError"), (f"jax.grad(lambda k: 1.0)({K})", "TypeError", "key<fry>"), (f"lax.cond({K}, lambda: 1, lambda: 2)", "Exception"),
    (f"lax.cond(True, lambda: {K}, lambda: {RAW})", "TypeError"), (f"jax.jit(lambda k: k + 1)({K})", "TypeError", "key<fry>"), (f"{R}.split({R}.PRNGKey(1, impl='rbg'))", "TypeError"),
]


@pytest.mark.parametrize("code", ROWS)
def test_keys_are_jaxs(code):
    check(code)


@pytest.mark.parametrize("row", ERRORS, ids=[r[0] for r in ERRORS])
def test_errors_are_jaxs(row):
    code, kind, *texts = row
    check_error(code, kind, *texts)


def test_the_gradient_of_a_key_is_float0():
    ours, theirs = (evaluate(w, f"jax.grad(lambda x, k: x, (0, 1), allow_int=True)(1.0, {KS})[1]") for w in WORLDS)
    assert ours.shape == theirs.shape == (2, 3) and ours.dtype == theirs.dtype


def test_a_program_is_made_once_for_each_kind_of_keys():
    import raxla as jax

    calls = []
    f = jax.jit(lambda k: calls.append(str(k.dtype)))
    for key in (jax.random.key(0), jax.random.key(1), jax.random.PRNGKey(0), jax.random.PRNGKey(2), jax.random.key(0, impl="rbg"), jax.random.key(0, impl="unsafe_rbg")):
        f(key)
    assert calls == ["key<fry>", "uint32", "key<rbg>", "key<urbg>"]


def test_a_key_that_is_traced_says_so():
    import raxla as jax

    seen = []
    jax.jit(lambda k: seen.append((repr(k), k.shape, str(k.dtype))))(jax.random.split(jax.random.key(0), 4))
    assert seen == [("Tracer(key<fry>[4])", (4,), "key<fry>")]
