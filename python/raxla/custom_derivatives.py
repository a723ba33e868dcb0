"""`raxla.custom_derivatives`: rules of the user's own, and what they are made of."""

from raxla._custom import (
    CustomVJPPrimal, SymbolicZero, closure_convert, custom_gradient, custom_jvp, custom_vjp, custom_vjp_primal_tree_values, linear_call,
    zero_from_primal,
)
