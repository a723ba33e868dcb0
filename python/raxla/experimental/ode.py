"""`raxla.experimental.ode`: ordinary differential equations.

>>> from raxla import numpy as jnp
>>> from raxla.experimental.ode import odeint
>>> [round(float(y), 3) for y in odeint(lambda y, t: -y, 1.0, jnp.array([0.0, 1.0]))]
[1.0, 0.368]
"""

import math

from raxla import _raxla, flatten_util, tree_util


def odeint(func, y0, t, *args, rtol=1.4e-8, atol=1.4e-8, mxstep=math.inf, hmax=math.inf):
    """The solution of `dy/dt = func(y, t, *args)` from `y0` at the times `t`, which increase; along a new first axis."""
    steps = None if math.isinf(mxstep) else int(mxstep)

    def slope(y, t, args):
        found = func(y, t, *args)
        if tree_util.tree_structure(found) == tree_util.tree_structure(y):
            return found
        # Its numbers count, in their order.
        return flatten_util.ravel_pytree(y)[1](flatten_util.ravel_pytree(found)[0])

    return _raxla.iterations.odeint(slope, y0, t, args, float(rtol), float(atol), steps, float(hmax))
