"""Discrete Fourier transforms, over one to three axes."""

from jax import lax

OPERATIONS = {"fft": lambda x, kind, lengths: lax.fft(x, getattr(lax.FftType, kind.upper()), tuple(lengths))}

# The shape in space, and how many of the last axes are transformed.
SHAPES = [
    ("one", (1,), 1), ("two", (2,), 1), ("odd", (5,), 1), ("even", (8,), 1), ("prime", (13,), 1), ("rows", (2, 6), 1),
    ("plane", (3, 4), 2), ("planes", (2, 2, 5), 2), ("space", (2, 3, 4), 3), ("empty", (0, 4), 1), ("nothing", (3, 0), 1),
]


def cases(cover, operation, anything):
    for kind in ["fft", "ifft", "rfft", "irfft"]:
        for label, shape, count in SHAPES:
            for dtype in ["f32", "f64"] if kind == "rfft" else ["c64", "c128"]:
                n = shape[-1]
                size = (*shape[:-1], n // 2 + 1 if n else 0) if kind == "irfft" else shape
                double = dtype in ["f64", "c128"]
                whole = 0 not in shape
                wanted = "eval" + " jvp vjp" * (double and whole) + " vmap" * (label in ["even", "plane"])
                build = operation("fft", kind=kind, lengths=list(shape[-count:]))
                cover("fft", f"{kind}/{label}/{dtype}", build, [(dtype, size, anything)], wanted)
        dtype = "f32" if kind == "rfft" else "c64"
        row = [0.0, -0.0, 0.0, -0.0][:3 if kind == "irfft" else 4]
        cover("fft", f"{kind}/zeros/{dtype}", operation("fft", kind=kind, lengths=[4]), [(dtype, (len(row),), row)], "eval")

    def power(program, x):
        z = x.fft(kind="rfft", lengths=[6])
        return (z.real() * z.real() + z.imag() * z.imag()).sum()

    def smooth(program, x, y):
        """A circular convolution."""
        n = x.shape[0]
        return (x.fft(kind="rfft", lengths=[n]) * y.fft(kind="rfft", lengths=[n])).fft(kind="irfft", lengths=[n]).square().sum()

    def back(program, z):
        return z.fft(kind="irfft", lengths=[2, 5]).exp().sum()

    cover("fft", "power/f64", power, [("f64", (6,), anything)], "eval jvp vjp hvp vmap")
    cover("fft", "smooth/f64", smooth, [("f64", (5,), anything), ("f64", (5,), anything)], "eval jvp vjp hvp vmap")
    cover("fft", "back/c128", back, [("c128", (2, 3), anything)], "eval jvp vjp")
