"""`raxla.config`: what users set for all threads, and with `with` for one."""

import contextlib
import os
import threading

from raxla import _raxla


def _switch(value):
    if not isinstance(value, bool) and value not in (0, 1):
        raise ValueError(f"expected True or False, got {value!r}")
    return bool(value)


def _one_of(*names):
    def check(value):
        if value not in names:
            raise ValueError(f"expected one of {names}, got {value!r}")
        return value

    return check


def _precision(value):
    return value if value is None else _one_of(*_PRECISIONS)(str(getattr(value, "name", value)).lower())


_PRECISIONS = ("default", "high", "highest", "bfloat16", "tensorfloat32", "float32", "fastest")


def _only(value, why):
    def check(new):
        if new != value:
            raise NotImplementedError(f"{new!r}: {why}")
        return new

    return check


def _anything(value):
    return value


# Each option: its default, and what its values must be.
_OPTIONS = {
    "jax_enable_x64": (False, _switch),
    "jax_debug_nans": (False, _switch),
    "jax_debug_infs": (False, _switch),
    "jax_disable_jit": (False, _switch),
    "jax_log_compiles": (False, _switch),
    "jax_explain_cache_misses": (False, _switch),
    "jax_default_matmul_precision": (None, _precision),
    "jax_default_device": (None, _anything),
    "jax_default_prng_impl": ("threefry2x32", _one_of("threefry2x32", "rbg", "unsafe_rbg")),
    "jax_numpy_rank_promotion": ("allow", _one_of("allow", "raise")),
    "jax_numpy_dtype_promotion": ("standard", _one_of("standard", "strict")),
    "jax_threefry_partitionable": (True, _only(True, "random bits are always those of the partitionable layout")),
    "jax_enable_custom_prng": (False, _switch),
    "jax_platforms": (None, _anything),
    "jax_platform_name": (None, _anything),
    "jax_num_cpu_devices": (-1, int),
    "jax_traceback_filtering": ("auto", _one_of("off", "tracebackhide", "remove_frames", "quiet_remove_frames", "auto")),
    # These change what JAX says or how fast it is, never what comes out; here there is nothing that they would change.
    "jax_enable_checks": (False, _switch),
    "jax_check_tracer_leaks": (False, _switch),
    "jax_softmax_custom_jvp": (True, _switch),
    "jax_use_direct_linearize": (True, _switch),
    "jax_pprint_use_color": (True, _switch),
}
_ENVIRONMENT = ("jax_enable_x64", "jax_debug_nans", "jax_debug_infs", "jax_disable_jit", "jax_log_compiles", "jax_default_matmul_precision",
                "jax_numpy_rank_promotion", "jax_numpy_dtype_promotion", "jax_default_prng_impl", "jax_platforms", "jax_num_cpu_devices")


class Config:
    """The options, by their names in JAX.

    >>> import raxla as jax
    >>> jax.config.jax_debug_nans
    False
    >>> jax.config.update("jax_debug_nans", False)
    """

    def __init__(self):
        object.__setattr__(self, "_everywhere", {name: default for name, (default, _) in _OPTIONS.items()})
        object.__setattr__(self, "_here", threading.local())

    def update(self, name, value):
        """Sets an option on all threads."""
        self._everywhere[name] = self._checked(name, value)
        self._apply(name, here=False)

    def _checked(self, name, value):
        if name not in _OPTIONS:
            raise AttributeError(f"Unrecognized config option: {name}")
        try:
            return _OPTIONS[name][1](value)
        except ValueError as error:
            raise ValueError(f"config option {name}: {error}") from None

    def read(self, name):
        """The value of an option on this thread."""
        if name not in _OPTIONS:
            raise AttributeError(f"Unrecognized config option: {name}")
        return getattr(self._here, "values", {}).get(name, self._everywhere[name])

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return self.read(name)

    def __setattr__(self, name, value):
        self.update(name, value)

    @property
    def values(self):
        """All options and their values on this thread."""
        return {name: self.read(name) for name in _OPTIONS}

    @property
    def x64_enabled(self):
        """Whether defaults have 64 bits."""
        return self.read("jax_enable_x64")

    def _apply(self, name, here):
        if name == "jax_enable_x64":
            if here:
                _raxla.x64_here(getattr(self._here, "values", {}).get(name))
            else:
                _raxla.set_x64(self._everywhere[name])
        elif name in ("jax_log_compiles", "jax_explain_cache_misses"):
            _raxla.log_compiles(self.read("jax_log_compiles") or self.read("jax_explain_cache_misses"))
        elif name == "jax_traceback_filtering":
            _raxla.filter_tracebacks(self.read(name) != "off")
        elif name in ("jax_platforms", "jax_platform_name"):
            first = (self.read(name) or "").split(",")[0]
            if first:
                os.environ["RAXLA_PLATFORM"] = {"gpu": "cuda"}.get(first, first)
        elif name == "jax_num_cpu_devices":
            if self.read(name) > 0:
                os.environ["RAXLA_CPU_DEVICES"] = str(self.read(name))
        elif name in ("jax_debug_nans", "jax_debug_infs", "jax_disable_jit", "jax_default_matmul_precision", "jax_default_device",
                      "jax_numpy_rank_promotion", "jax_numpy_dtype_promotion"):
            self._configure(here)

    def _configure(self, here):
        read = self.read if here else self._everywhere.get
        device = read("jax_default_device")
        _raxla.configure(here, read("jax_debug_nans"), read("jax_debug_infs"), read("jax_disable_jit"), read("jax_default_matmul_precision"),
                         0 if device is None else _device(device).id, read("jax_numpy_dtype_promotion") == "strict",
                         read("jax_numpy_rank_promotion") == "raise")

    @contextlib.contextmanager
    def _set_here(self, name, value):
        """Sets an option on this thread for a while."""
        value = self._checked(name, value)
        values = self._here.__dict__.setdefault("values", {})
        before = dict(values)
        values[name] = value
        self._apply(name, here=True)
        try:
            yield
        finally:
            values.clear()
            values.update(before)
            if values or name == "jax_enable_x64":
                self._apply(name, here=True)
            if not values:
                _raxla.unconfigure_here()


def _device(device):
    if isinstance(device, str):
        return _raxla.devices(device)[0]
    return device


config = Config()


def _context(name, doc):
    def context(new_val=True):
        return config._set_here(name, new_val)

    context.__name__ = context.__qualname__ = name.removeprefix("jax_")
    context.__doc__ = f"With `with`: {doc}"
    return context


enable_x64 = _context("jax_enable_x64", "whether numbers of no stated dtype have 64 bits.")
debug_nans = _context("jax_debug_nans", "whether a result that is NaN is a FloatingPointError.")
debug_infs = _context("jax_debug_infs", "whether a result that is infinite is a FloatingPointError.")
log_compiles = _context("jax_log_compiles", "whether each compile is told.")
explain_cache_misses = _context("jax_explain_cache_misses", "whether each compile is told, and why it was needed.")
default_matmul_precision = _context("jax_default_matmul_precision", "the precision of products that state none.")
default_device = _context("jax_default_device", "the device of new arrays.")
default_prng_impl = _context("jax_default_prng_impl", "the random bits of new keys.")
numpy_rank_promotion = _context("jax_numpy_rank_promotion", "what happens where ranks differ.")
numpy_dtype_promotion = _context("jax_numpy_dtype_promotion", "whether dtypes may differ.")
threefry_partitionable = _context("jax_threefry_partitionable", "the layout of random bits.")
enable_custom_prng = _context("jax_enable_custom_prng", "whether `PRNGKey` makes typed keys.")
check_tracer_leaks = checking_leaks = _context("jax_check_tracer_leaks", "whether leaks are searched for; a leaked tracer is always an error here.")


def disable_jit(disable=True):
    """With `with`: `jit` calls its functions as they are."""
    return config._set_here("jax_disable_jit", disable)


def _from_environment():
    for name in _ENVIRONMENT:
        text = os.environ.get(name.upper())
        if text:
            lowered = text.lower()
            if isinstance(_OPTIONS[name][0], bool):
                if lowered not in ("0", "1", "true", "false", "yes", "no", "on", "off"):
                    raise ValueError(f"invalid truth value {text!r} for environment {name.upper()!r}")
                text = lowered in ("1", "true", "yes", "on")
            config.update(name, text)


_from_environment()
