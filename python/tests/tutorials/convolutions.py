"""Convolutions: of NumPy's, and in general."""


def in_one_dimension(jnp):
    x = jnp.linspace(0, 10, 25)
    y = jnp.sin(x) + 0.3 * jnp.cos(5 * x)
    window = jnp.ones(5) / 5
    return [jnp.convolve(y, window, mode=m) for m in ("same", "valid", "full")], jnp.correlate(y, window, mode="same")


def in_several_dimensions(jax, jnp):
    image = jnp.arange(48.0).reshape(6, 8) % 7
    kernel = jnp.exp(-(jnp.linspace(-1, 1, 3)[:, None] ** 2 + jnp.linspace(-1, 1, 3) ** 2))
    return jax.scipy.signal.convolve(image, kernel, mode="same"), jax.scipy.signal.convolve2d(image, kernel, mode="valid")


def in_general(jax, jnp, lax):
    image = (jnp.arange(2 * 3 * 6 * 5.0).reshape(2, 3, 6, 5) % 11) / 11
    kernel = (jnp.arange(4 * 3 * 3 * 3.0).reshape(4, 3, 3, 3) % 5) / 5
    nhwc, hwio = jnp.transpose(image, (0, 2, 3, 1)), jnp.transpose(kernel, (2, 3, 1, 0))
    numbers = ("NHWC", "HWIO", "NHWC")
    plain = lax.conv(image, kernel, (1, 1), "SAME")
    padded = lax.conv_with_general_padding(image, kernel, (2, 1), ((2, 2), (1, 0)), (1, 1), (1, 1))
    general = lambda **k: lax.conv_general_dilated(nhwc, hwio, k.pop("window_strides", (1, 1)), k.pop("padding", "SAME"), dimension_numbers=numbers, **k)
    return (plain, padded, general(), general(padding="VALID"), general(window_strides=(2, 2)), general(padding="VALID", rhs_dilation=(2, 1)),
            general(padding=((0, 0), (0, 0)), lhs_dilation=(2, 2)), jax.grad(lambda k: jnp.sum(lax.conv(image, k, (1, 1), "SAME") ** 2))(kernel),
            lax.conv_transpose(nhwc, hwio, (2, 2), "SAME"))


def groups_and_one_dimension(jnp, lax):
    x = (jnp.arange(2 * 8 * 4.0).reshape(2, 8, 4) % 5) / 5
    w = jnp.arange(3 * 1 * 4.0).reshape(3, 1, 4) / 12
    return lax.conv_general_dilated(x, w, (1,), "SAME", dimension_numbers=("NWC", "WIO", "NWC"), feature_group_count=4)


def in_three_dimensions(jnp, lax):
    x = jnp.zeros((1, 5, 5, 5, 1)).at[0, 2, 2, 2, 0].set(1.0)
    w = jnp.arange(27.0).reshape(3, 3, 3, 1, 1)
    return lax.conv_general_dilated(x, w, (1, 1, 1), "SAME", dimension_numbers=("NHWDC", "HWDIO", "NHWDC"))
