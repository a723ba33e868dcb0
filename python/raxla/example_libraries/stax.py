"""`raxla.example_libraries.stax`: layers of networks as pairs of functions, `(init, apply)`.

`init(rng, input_shape)` gives the output's shape and parameters, and `apply(params, inputs, rng=None)` the output.

>>> import raxla as jax
>>> from raxla.example_libraries import stax
>>> init, apply = stax.serial(stax.Dense(4), stax.Relu, stax.Dense(2), stax.Softmax)
>>> shape, params = init(jax.random.key(0), (-1, 3))
>>> shape, apply(params, jax.numpy.ones((5, 3))).shape
((-1, 2), (5, 2))
"""

import functools
import math

from raxla import lax, numpy as jnp, random
from raxla.nn import elu, gelu, leaky_relu, log_softmax, relu, selu, sigmoid, softmax, softplus, standardize
from raxla.nn.initializers import glorot_normal, normal, ones, zeros

glorot, randn, logsoftmax = glorot_normal, normal, log_softmax


def _without_parameters(apply, shape=lambda given: given):
    """A layer that has no parameters: `apply(inputs)`, and what it does to shapes."""
    return (lambda rng, input_shape: (shape(input_shape), ())), (lambda params, inputs, **kwargs: apply(inputs))


def _affine(shapes, product, W_init, b_init):
    """A layer that adds a bias to a product with weights; `shapes(input_shape)` gives those of output, weights and bias."""

    def init_fun(rng, input_shape):
        of_output, of_weights, of_bias = shapes(input_shape)
        for_weights, for_bias = random.split(rng)
        return of_output, (W_init(for_weights, of_weights), b_init(for_bias, of_bias))

    def apply_fun(params, inputs, **kwargs):
        weights, bias = params
        return product(inputs, weights) + bias

    return init_fun, apply_fun


def Dense(out_dim, W_init=glorot_normal(), b_init=normal()):
    """A product with a matrix."""
    shapes = lambda given: (given[:-1] + (out_dim,), (given[-1], out_dim), (out_dim,))
    return _affine(shapes, jnp.dot, W_init, b_init)


def _filters(dimension_numbers, out_chan, filter_shape, strides, W_init, b_init, shape_of, product):
    """A layer of filters: `shape_of(input_shape, filter_shape, strides)` is the output's, `product(inputs, filters, strides)` the values."""
    inputs, filters, outputs = dimension_numbers
    strides = strides or (1,) * len(filter_shape)

    def shapes(given):
        sizes = iter(filter_shape)
        ends = {"O": lambda: out_chan, "I": lambda: given[inputs.index("C")]}
        of_filters = [ends.get(axis, lambda: next(sizes))() for axis in filters]
        return shape_of(given, of_filters, strides), of_filters, [out_chan if axis == "C" else 1 for axis in outputs]

    W_init = W_init or glorot_normal(filters.index("I"), filters.index("O"))
    return _affine(shapes, lambda x, w: product(x, w, strides), W_init, b_init)


def GeneralConv(dimension_numbers, out_chan, filter_shape, strides=None, padding="VALID", W_init=None, b_init=normal(1e-6)):
    """A convolution, in any order of axes."""
    shape_of = lambda given, filters, strides: lax.conv_general_shape_tuple(given, filters, strides, padding, dimension_numbers)
    product = lambda x, w, strides: lax.conv_general_dilated(x, w, strides, padding, dimension_numbers=dimension_numbers)
    return _filters(dimension_numbers, out_chan, filter_shape, strides, W_init, b_init, shape_of, product)


def GeneralConvTranspose(dimension_numbers, out_chan, filter_shape, strides=None, padding="VALID", W_init=None, b_init=normal(1e-6)):
    """A transposed convolution, in any order of axes."""
    shape_of = lambda given, filters, strides: lax.conv_transpose_shape_tuple(given, filters, strides, padding, dimension_numbers)
    product = lambda x, w, strides: lax.conv_transpose(x, w, strides, padding, dimension_numbers=dimension_numbers)
    return _filters(dimension_numbers, out_chan, filter_shape, strides, W_init, b_init, shape_of, product)


Conv = functools.partial(GeneralConv, ("NHWC", "HWIO", "NHWC"))
ConvTranspose = functools.partial(GeneralConvTranspose, ("NHWC", "HWIO", "NHWC"))
Conv1DTranspose = functools.partial(GeneralConvTranspose, ("NHC", "HIO", "NHC"))


def BatchNorm(axis=(0, 1, 2), epsilon=1e-5, center=True, scale=True, beta_init=zeros, gamma_init=ones):
    """Inputs of mean 0 and variance 1 over some axes; then scaled by `gamma`, and moved by `beta`."""
    over = tuple(axis) if not jnp.isscalar(axis) else (axis,)

    def init_fun(rng, input_shape):
        shape = tuple(n for i, n in enumerate(input_shape) if i not in over)
        for_beta, for_gamma = random.split(rng)
        return input_shape, (beta_init(for_beta, shape) if center else (), gamma_init(for_gamma, shape) if scale else ())

    def apply_fun(params, x, **kwargs):
        beta, gamma = params
        wide = lambda p: jnp.expand_dims(p, [i for i in range(jnp.ndim(x)) if i in over])
        z = standardize(x, over, epsilon=epsilon)
        z = wide(gamma) * z if scale else z
        return z + wide(beta) if center else z

    return init_fun, apply_fun


def elementwise(fun, **fun_kwargs):
    """A function of the inputs as a layer."""
    return _without_parameters(lambda inputs: fun(inputs, **fun_kwargs))


Tanh, Relu, Exp = elementwise(jnp.tanh), elementwise(relu), elementwise(jnp.exp)
LogSoftmax, Softmax = elementwise(log_softmax, axis=-1), elementwise(softmax, axis=-1)
Softplus, Sigmoid, Elu, LeakyRelu = elementwise(softplus), elementwise(sigmoid), elementwise(elu), elementwise(leaky_relu)
Selu, Gelu = elementwise(selu), elementwise(gelu)


def _pooling(reducer, initial, mean=False):
    def PoolingLayer(window_shape, strides=None, padding="VALID", spec=None):
        """Windows of the inputs, each as one value."""
        spatial = strides or (1,) * len(window_shape)
        kept = sorted((spec.index("N"), spec.index("C")) if spec else (0, len(window_shape) + 1))

        def among_all(sizes):
            sizes = list(sizes)
            for axis in kept:
                sizes.insert(axis, 1)
            return tuple(sizes)

        window, steps = among_all(window_shape), among_all(spatial)

        def shape(given):
            once = (1,) * len(window)
            pads = lax.padtype_to_pads(given, window, steps, padding)
            return lax.reduce_window_shape_tuple(given, window, steps, pads, once, once)

        def apply(inputs):
            out = lax.reduce_window(inputs, initial, reducer, window, steps, padding)
            if not mean:
                return out
            # At the edges a window has fewer elements.
            one = jnp.ones([n for axis, n in enumerate(inputs.shape) if axis not in kept], inputs.dtype)
            return out / jnp.expand_dims(lax.reduce_window(one, 0.0, lax.add, window_shape, spatial, padding), kept)

        return _without_parameters(apply, shape)

    return PoolingLayer


MaxPool, SumPool, AvgPool = _pooling(lax.max, -math.inf), _pooling(lax.add, 0.0), _pooling(lax.add, 0.0, mean=True)
Flatten = _without_parameters(lambda inputs: jnp.reshape(inputs, (inputs.shape[0], -1)), lambda given: (given[0], math.prod(given[1:])))
Identity = _without_parameters(lambda inputs: inputs)
FanInSum = _without_parameters(sum, lambda given: given[0])


def FanOut(num):
    """The inputs, so many times over."""
    return _without_parameters(lambda inputs: [inputs] * num, lambda given: [given] * num)


def FanInConcat(axis=-1):
    """Several inputs, one after the other along an axis."""

    def shape(given):
        joined = list(given[0])
        joined[axis] = sum(one[axis] for one in given)
        return tuple(joined)

    return _without_parameters(lambda inputs: jnp.concatenate(inputs, axis), shape)


def Dropout(rate, mode="train"):
    """In training, a share `rate` of the inputs, made greater by as much, and zeros for the others."""

    def apply_fun(params, inputs, **kwargs):
        rng = kwargs.get("rng")
        if rng is None:
            raise ValueError("Dropout layer requires apply_fun to be called with a PRNG key argument: `apply_fun(params, inputs, rng)`, where "
                             "`rng` is a key, e.g. from `jax.random.key`.")
        return jnp.where(random.bernoulli(rng, rate, inputs.shape), inputs / rate, 0) if mode == "train" else inputs

    return (lambda rng, input_shape: (input_shape, ())), apply_fun


def _keys(rng, count):
    return [None] * count if rng is None else random.split(rng, count)


def serial(*layers):
    """Layers one after the other."""

    def init_fun(rng, input_shape):
        params = []
        for init, _ in layers:
            rng, here = random.split(rng)
            input_shape, of_layer = init(here, input_shape)
            params.append(of_layer)
        return input_shape, params

    def apply_fun(params, inputs, **kwargs):
        keys = _keys(kwargs.pop("rng", None), len(layers))
        for (_, apply), of_layer, key in zip(layers, params, keys):
            inputs = apply(of_layer, inputs, rng=key, **kwargs)
        return inputs

    return init_fun, apply_fun


def parallel(*layers):
    """Layers side by side: each has an input and an output of its own."""

    def init_fun(rng, input_shape):
        keys = random.split(rng, len(layers))
        return zip(*(init(key, shape) for (init, _), key, shape in zip(layers, keys, input_shape)))

    def apply_fun(params, inputs, **kwargs):
        keys = _keys(kwargs.pop("rng", None), len(layers))
        return [apply(p, x, rng=key, **kwargs) for (_, apply), p, x, key in zip(layers, params, inputs, keys)]

    return init_fun, apply_fun


def shape_dependent(make_layer):
    """The layer that `make_layer(input_shape)` makes when the shape is known."""
    init_fun = lambda rng, input_shape: make_layer(input_shape)[0](rng, input_shape)
    return init_fun, lambda params, inputs, **kwargs: make_layer(inputs.shape)[1](params, inputs, **kwargs)
