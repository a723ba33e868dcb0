"""`raxla.scipy.spatial.transform`: rotations in three dimensions, as quaternions `(x, y, z, w)`, and between them."""

import functools
import re
import typing

import numpy as np

from raxla import jit, numpy as jnp

# Each of these is one call: a program of the Rust library's functions, over any axes in front.


def _scaled(vectors, by):
    return vectors * by[..., None]


def _norm(vectors):
    return jnp.sqrt(jnp.vecdot(vectors, vectors))


@jit
def _normal(quat):
    return quat / _norm(quat)[..., None]


def _composed(p, q):
    """The quaternion of `q`, and after it `p`."""
    (pv, pw), (qv, qw) = (p[..., :3], p[..., 3:]), (q[..., :3], q[..., 3:])
    vector = pw * qv + qw * pv + jnp.cross(pv, qv)
    return jnp.concatenate([vector, pw * qw - jnp.vecdot(pv, qv)[..., None]], -1)


@jit
def _composed_normal(p, q):
    return _normal(_composed(*jnp.broadcast_arrays(p, q)))


@jit
def _matrix(quat):
    x, y, z, w = jnp.unstack(quat, axis=-1)
    rows = [
        [x * x - y * y - z * z + w * w, 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), y * y - x * x - z * z + w * w, 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), z * z - x * x - y * y + w * w],
    ]
    return jnp.stack([jnp.stack(row, -1) for row in rows], -2)


@jit
def _of_matrix(matrix):
    """By the element of the quaternion that is greatest: all four follow from it without loss."""
    m = lambda i, j: matrix[..., i, j]
    trace = m(0, 0) + m(1, 1) + m(2, 2)
    ways = []
    for i, j, k in ((0, 1, 2), (1, 2, 0), (2, 0, 1)):
        parts = {i: 1 - trace + 2 * m(i, i), j: m(j, i) + m(i, j), k: m(k, i) + m(i, k), 3: m(k, j) - m(j, k)}
        ways.append(jnp.stack([parts[n] for n in range(4)], -1))
    ways.append(jnp.stack([m(2, 1) - m(1, 2), m(0, 2) - m(2, 0), m(1, 0) - m(0, 1), 1 + trace], -1))
    choice = jnp.argmax(jnp.stack([m(0, 0), m(1, 1), m(2, 2), trace], -1), -1)
    return _normal(jnp.take_along_axis(jnp.stack(ways, -2), choice[..., None, None], -2)[..., 0, :])


@functools.partial(jit, static_argnums=1)
def _rotvec(quat, degrees):
    quat = jnp.where(quat[..., 3:] < 0, -quat, quat)
    angle = 2.0 * jnp.arctan2(_norm(quat[..., :3]), quat[..., 3])
    square = angle * angle
    # Near 0, the first terms of the series of angle / sin(angle / 2).
    scale = jnp.where(angle <= 1e-3, 2 + square / 12 + 7 * square * square / 2880, angle / jnp.sin(angle / 2))
    return _scaled(quat[..., :3], jnp.rad2deg(scale) if degrees else scale)


@functools.partial(jit, static_argnums=1)
def _of_rotvec(rotvec, degrees):
    rotvec = jnp.deg2rad(rotvec) if degrees else rotvec
    angle = _norm(rotvec)
    square = angle * angle
    # Near 0, the first terms of the series of sin(angle / 2) / angle.
    scale = jnp.where(angle <= 1e-3, 0.5 - square / 48 + square * square / 3840, jnp.sin(angle / 2) / angle)
    return jnp.concatenate([_scaled(rotvec, scale), jnp.cos(angle / 2)[..., None]], -1)


@jit
def _mrp(quat):
    sign = jnp.where(quat[..., 3:] < 0, -1.0, 1.0)
    return sign * quat[..., :3] / (1.0 + sign * quat[..., 3:])


@jit
def _of_mrp(mrp):
    more = jnp.vecdot(mrp, mrp)[..., None] + 1
    return jnp.concatenate([2 * mrp, 2 - more], -1) / more


@jit
def _canonical(quat):
    """With the last element that is not 0, in the order w, x, y, z, positive."""
    x, y, z, w = jnp.unstack(quat, axis=-1)
    negative = functools.reduce(lambda rest, q: (q < 0) | ((q == 0) & rest), (z, y, x, w), False)
    return jnp.where(negative[..., None], -quat, quat)


@functools.partial(jit, static_argnums=(1, 2, 3))
def _of_euler(angles, axes, intrinsic, degrees):
    angles = jnp.deg2rad(angles) if degrees else angles
    result = None
    for i, axis in enumerate(axes):
        half = angles[..., i] / 2.0
        zero = jnp.zeros_like(half)
        turn = jnp.stack([jnp.sin(half) if n == axis else zero for n in range(3)] + [jnp.cos(half)], -1)
        result = turn if result is None else _composed(result, turn) if intrinsic else _composed(turn, result)
    return result


@functools.partial(jit, static_argnums=(1, 2, 3))
def _euler(quat, axes, extrinsic, degrees):
    """After Bernardes and Viollet, https://doi.org/10.1371/journal.pone.0276302."""
    i, j, k = axes if extrinsic else axes[::-1]
    symmetric = i == k
    k = 3 - i - j if symmetric else k
    sign = (i - j) * (j - k) * (k - i) // 2
    q = lambda n: quat[..., n]
    if symmetric:
        a, b, c, d = q(3), q(i), q(j), q(k) * sign
    else:
        a, b, c, d = q(3) - q(j), q(i) + q(k) * sign, q(j) + q(3), q(k) * sign - q(i)
    middle = 2 * jnp.arctan2(jnp.hypot(c, d), jnp.hypot(a, b))
    # At 0 and π the other two angles turn about one axis; the third is 0.
    low, high = jnp.abs(middle) <= 1e-7, jnp.abs(middle - np.pi) <= 1e-7
    total, difference = jnp.arctan2(b, a), jnp.arctan2(d, c)
    alone = jnp.where(low, 2 * total, 2 * difference * (-1 if extrinsic else 1))
    degenerate = low | high
    first, third = total - difference, total + difference
    if extrinsic:
        first, third = jnp.where(degenerate, alone, first), jnp.where(degenerate, 0.0, third)
    else:
        first, third = jnp.where(degenerate, 0.0, first), jnp.where(degenerate, alone, third)
    if not symmetric:
        third, middle = third * sign, middle - np.pi / 2
    angles = jnp.stack([first, middle, third] if extrinsic else [third, middle, first], -1)
    angles = (angles + np.pi) % (2 * np.pi) - np.pi
    return jnp.rad2deg(angles) if degrees else angles


@jit
def _size(quat):
    return 2.0 * jnp.arctan2(_norm(quat[..., :3]), jnp.abs(quat[..., 3]))


@functools.partial(jit, static_argnums=2)
def _applied(quat, vectors, inverse):
    matrix = _matrix(quat)
    return jnp.matvec(jnp.matrix_transpose(matrix) if inverse else matrix, vectors)


@jit
def _mean(quat, weights):
    return jnp.linalg.eigh(jnp.dot(weights * quat.T, quat))[1][:, -1]


@jit
def _between(starts, vectors, times, spans, at):
    """The rotations at times between key rotations, which differ by `vectors`."""
    i = jnp.maximum(jnp.searchsorted(times, at) - 1, 0)
    part = (at - times[i]) / spans[i]
    return _composed_normal(starts[i], _of_rotvec(_scaled(vectors[i], part), False))


def _axes_of(seq):
    """The numbers of axes by their letters, and whether they turn with what they rotate."""
    intrinsic = re.fullmatch("[XYZ]+", seq) is not None
    if not intrinsic and not re.fullmatch("[xyz]+", seq):
        raise ValueError(f"Expected axes from `seq` to be from ['x', 'y', 'z'] or ['X', 'Y', 'Z'], got {seq}")
    if any(a == b for a, b in zip(seq, seq[1:])):
        raise ValueError(f"Expected consecutive axes to be different, got {seq}")
    return tuple("xyz".index(axis) for axis in seq.lower()), intrinsic


class Rotation(typing.NamedTuple):
    """A rotation, or several.

    >>> from raxla.scipy.spatial.transform import Rotation
    >>> turn = Rotation.from_euler("z", 90, degrees=True)
    >>> turn.as_rotvec()
    Array([0.       , 0.       , 1.5707964], dtype=float32)
    >>> round(float((turn * turn).magnitude()), 3)
    3.142
    """

    quat: typing.Any

    @classmethod
    def concatenate(cls, rotations):
        """Several rotations as one object."""
        return cls(jnp.concatenate([rotation.quat for rotation in rotations]))

    @classmethod
    def from_euler(cls, seq, angles, degrees=False):
        """Turns about axes, one after the other: `"xyz"` about fixed ones, `"XYZ"` about those that turn too."""
        if not 1 <= len(seq) <= 3:
            raise ValueError(f"Expected axis specification to be a non-empty string of upto 3 characters, got {seq}")
        axes, intrinsic = _axes_of(seq)
        angles = jnp.asarray(angles)
        # (One of Python's numbers becomes an array's.)
        return cls(_of_euler(jnp.atleast_1d(angles).astype(angles.dtype), axes, intrinsic, bool(degrees)))

    @classmethod
    def from_matrix(cls, matrix):
        """Of orthogonal matrices of determinant 1."""
        return cls(_of_matrix(jnp.asarray(matrix)))

    @classmethod
    def from_mrp(cls, mrp):
        """Of modified Rodrigues parameters."""
        return cls(_of_mrp(jnp.asarray(mrp)))

    @classmethod
    def from_quat(cls, quat):
        """Of quaternions of any norm."""
        return cls(_normal(quat))

    @classmethod
    def from_rotvec(cls, rotvec, degrees=False):
        """Of axes with the angles as their norms."""
        return cls(_of_rotvec(jnp.asarray(rotvec), bool(degrees)))

    @classmethod
    def identity(cls, num=None, dtype=float):
        """The rotation that changes nothing."""
        assert num is None
        return cls(jnp.array([0.0, 0.0, 0.0, 1.0], dtype=dtype))

    @classmethod
    def random(cls, random_key, num=None):
        """Not there, as in JAX."""
        raise NotImplementedError()

    def __getitem__(self, indexer):
        if self.single:
            raise TypeError("Single rotation is not subscriptable.")
        return Rotation(self.quat[indexer])

    def __len__(self):
        if self.single:
            raise TypeError("Single rotation has no len().")
        return self.quat.shape[0]

    def __mul__(self, other):
        """The other rotation, and after it this one."""
        return Rotation(_composed_normal(self.quat, other.quat))

    def apply(self, vectors, inverse=False):
        """The vectors, turned."""
        return _applied(self.quat, vectors, bool(inverse))

    def as_euler(self, seq, degrees=False):
        """The angles of three turns that make up the rotation."""
        if len(seq) != 3:
            raise ValueError(f"Expected 3 axes, got {seq}.")
        axes, intrinsic = _axes_of(seq)
        return _euler(self.quat, axes, not intrinsic, bool(degrees))

    def as_matrix(self):
        """The orthogonal matrix."""
        return _matrix(self.quat)

    def as_mrp(self):
        """Modified Rodrigues parameters: the axis, with the tangent of a quarter of the angle as its norm."""
        return _mrp(self.quat)

    def as_rotvec(self, degrees=False):
        """The axis, with the angle as its norm."""
        return _rotvec(self.quat, bool(degrees))

    def as_quat(self, canonical=False, scalar_first=False):
        """The quaternion; of its two signs one and the same always, if `canonical`."""
        quat = _canonical(self.quat) if canonical else self.quat
        return jnp.roll(quat, shift=1, axis=-1) if scalar_first else quat

    def inv(self):
        """The rotation back."""
        return Rotation(self.quat * jnp.array([-1, -1, -1, 1], dtype=self.quat.dtype))

    def magnitude(self):
        """The angle."""
        return _size(self.quat)

    def mean(self, weights=None):
        """The rotation that is nearest to all."""
        dtype = self.quat.dtype
        weights = jnp.ones(self.quat.shape[0], dtype) if weights is None else jnp.asarray(weights, dtype)
        if weights.ndim != 1:
            raise ValueError(f"Expected `weights` to be 1 dimensional, got shape {weights.shape}.")
        if len(weights) != len(self):
            raise ValueError("Expected `weights` to have number of values equal to number of rotations, got "
                             f"{len(weights)} values and {len(self)} rotations.")
        return Rotation(_mean(self.quat, weights))

    @property
    def single(self):
        """Whether it is one rotation."""
        return self.quat.ndim == 1


class Slerp(typing.NamedTuple):
    """Rotations at times between those of key rotations, turning steadily: `Slerp.init(times, rotations)`.

    >>> from raxla import numpy as jnp
    >>> from raxla.scipy.spatial.transform import Rotation, Slerp
    >>> turns = Slerp.init([0, 1], Rotation.from_rotvec(jnp.array([[0, 0, 0.0], [0, 0, 90]]), degrees=True))
    >>> [round(float(x)) for x in turns(0.5).as_rotvec(degrees=True)]
    [0, 0, 45]
    """

    times: typing.Any
    timedelta: typing.Any
    rotations: Rotation
    rotvecs: typing.Any

    @classmethod
    def init(cls, times, rotations):
        """At times that increase."""
        if not isinstance(rotations, Rotation):
            raise TypeError("`rotations` must be a `Rotation` instance.")
        if rotations.single or len(rotations) == 1:
            raise ValueError("`rotations` must be a sequence of at least 2 rotations.")
        times = jnp.asarray(times, dtype=rotations.quat.dtype)
        if times.ndim != 1:
            raise ValueError(f"Expected times to be specified in a 1 dimensional array, got {times.ndim} dimensions.")
        if len(times) != len(rotations):
            raise ValueError("Expected number of rotations to be equal to number of timestamps given, got "
                             f"{len(rotations)} rotations and {len(times)} timestamps.")
        starts = rotations[:-1]
        return cls(times, jnp.diff(times), starts, (starts.inv() * rotations[1:]).as_rotvec())

    def __call__(self, times):
        """The rotations at these times."""
        times = jnp.asarray(times, dtype=self.times.dtype)
        if times.ndim > 1:
            raise ValueError("`times` must be at most 1-dimensional.")
        return Rotation(_between(self.rotations.quat, self.rotvecs, self.times, self.timedelta, times))
