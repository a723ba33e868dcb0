"""`raxla.sharding`: how arrays lie on devices; here, whole on one.

>>> PartitionSpec("x", None)
PartitionSpec('x', None)
"""


class PartitionSpec(tuple):
    """Along which axes of a mesh each axis of an array is spread."""

    def __new__(cls, *partitions):
        return super().__new__(cls, partitions)

    def __repr__(self):
        return f"PartitionSpec{super().__repr__()}" if len(self) != 1 else f"PartitionSpec({self[0]!r},)"

    def __getnewargs__(self):
        return tuple(self)


class AbstractMesh:
    """The names and sizes of the axes of a mesh of devices; those of one device are none."""

    def __init__(self, axis_sizes=(), axis_names=()):
        if len(axis_sizes) != len(axis_names):
            raise ValueError(f"AbstractMesh: there must be as many sizes as names, got {axis_sizes} and {axis_names}")
        self.axis_sizes, self.axis_names = tuple(axis_sizes), tuple(axis_names)

    empty = property(lambda self: not self.axis_names)
    shape = property(lambda self: dict(zip(self.axis_names, self.axis_sizes)))
    are_all_axes_explicit = property(lambda self: False)

    def __eq__(self, other):
        return isinstance(other, AbstractMesh) and (self.axis_sizes, self.axis_names) == (other.axis_sizes, other.axis_names)

    def __hash__(self):
        return hash((self.axis_sizes, self.axis_names))

    def __repr__(self):
        return f"AbstractMesh({', '.join(f'{n!r}: {s}' for n, s in self.shape.items())})"


class Sharding:
    """How an array lies on devices."""


class NamedSharding(Sharding):
    """Spread over a mesh of devices by the names of its axes."""

    def __init__(self, mesh, spec):
        self.mesh, self.spec = mesh, spec

    _whole = property(lambda self: self.mesh.empty)

    def __eq__(self, other):
        return isinstance(other, NamedSharding) and (self.mesh, self.spec) == (other.mesh, other.spec)

    def __hash__(self):
        return hash((self.mesh, self.spec))

    def __repr__(self):
        return f"NamedSharding(mesh={self.mesh}, spec={self.spec})"
