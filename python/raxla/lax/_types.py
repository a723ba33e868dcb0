"""Enumerations and dimension numbers: the options of `raxla.lax`."""

import enum
import typing
from collections.abc import Sequence


class Precision(enum.Enum):
    """How exactly products of `float32` are computed on hardware that has faster, coarser ways."""

    DEFAULT = 0
    HIGH = 1
    HIGHEST = 2

    @classmethod
    def _missing_(cls, value):
        names = {"default": cls.DEFAULT, "fastest": cls.DEFAULT, "bfloat16": cls.DEFAULT, "high": cls.HIGH, "tensorfloat32": cls.HIGH,
                 "highest": cls.HIGHEST, "float32": cls.HIGHEST, None: cls.DEFAULT}
        return names.get(value)

    def __repr__(self):
        return f"{type(self).__name__}.{self.name}"

    def __str__(self):
        return self.name


PrecisionLike = typing.Union[None, str, Precision, tuple[str, str], tuple[Precision, Precision]]
DotDimensionNumbers = tuple[tuple[Sequence[int], Sequence[int]], tuple[Sequence[int], Sequence[int]]]


class RoundingMethod(enum.IntEnum):
    """What becomes of halves."""

    AWAY_FROM_ZERO = 0
    TO_NEAREST_EVEN = 1


class FftType(enum.IntEnum):
    """Kinds of Fourier transforms."""

    FFT = 0
    IFFT = 1
    RFFT = 2
    IRFFT = 3


class RandomAlgorithm(enum.IntEnum):
    """Algorithms of `rng_bit_generator`."""

    RNG_DEFAULT = 0
    RNG_THREE_FRY = 1
    RNG_PHILOX = 2


class GatherScatterMode(enum.Enum):
    """What happens at places that are out of bounds."""

    CLIP = enum.auto()
    FILL_OR_DROP = enum.auto()
    PROMISE_IN_BOUNDS = enum.auto()
    ONE_HOT = enum.auto()

    @staticmethod
    def from_any(s):
        """The mode of a name; `None` is `FILL_OR_DROP`."""
        if isinstance(s, GatherScatterMode):
            return s
        names = {"clip": "CLIP", None: "FILL_OR_DROP", "fill": "FILL_OR_DROP", "drop": "FILL_OR_DROP", "promise_in_bounds": "PROMISE_IN_BOUNDS",
                 "one_hot": "ONE_HOT"}
        if s not in names:
            raise ValueError(f"Unknown gather mode: {s}")
        return GatherScatterMode[names[s]]


class GatherDimensionNumbers(typing.NamedTuple):
    """How windows stand in an array and in what a gather gives."""

    offset_dims: tuple[int, ...]
    collapsed_slice_dims: tuple[int, ...]
    start_index_map: tuple[int, ...]
    operand_batching_dims: tuple[int, ...] = ()
    start_indices_batching_dims: tuple[int, ...] = ()


class ScatterDimensionNumbers(typing.NamedTuple):
    """How updates stand in an array that a scatter changes."""

    update_window_dims: Sequence[int]
    inserted_window_dims: Sequence[int]
    scatter_dims_to_operand_dims: Sequence[int]
    operand_batching_dims: Sequence[int] = ()
    scatter_indices_batching_dims: Sequence[int] = ()


class ConvDimensionNumbers(typing.NamedTuple):
    """The axes of a convolution's operands and output: batch (or output feature), feature, then those of space."""

    lhs_spec: Sequence[int]
    rhs_spec: Sequence[int]
    out_spec: Sequence[int]


ConvGeneralDilatedDimensionNumbers = typing.Union[None, ConvDimensionNumbers, tuple[str, str, str]]


class RaggedDotDimensionNumbers:
    """Which axes a ragged product sums over, takes in step, and divides into groups."""

    def __init__(self, dot_dimension_numbers, lhs_ragged_dimensions, rhs_group_dimensions):
        freeze = lambda pairs: tuple(tuple(tuple(axes) for axes in pair) for pair in pairs)
        self.dot_dimension_numbers = freeze(dot_dimension_numbers)
        self.lhs_ragged_dimensions, self.rhs_group_dimensions = tuple(lhs_ragged_dimensions), tuple(rhs_group_dimensions)

    def _key(self):
        return self.dot_dimension_numbers, self.lhs_ragged_dimensions, self.rhs_group_dimensions

    def __eq__(self, other):
        return isinstance(other, RaggedDotDimensionNumbers) and self._key() == other._key()

    def __hash__(self):
        return hash(self._key())

    def __repr__(self):
        return "RaggedDotDimensionNumbers(dot_dimension_numbers={}, lhs_ragged_dimensions={}, rhs_group_dimensions={})".format(*self._key())
