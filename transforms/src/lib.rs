//! Transforms of functions and programs: one file each.
//!
//! A transform takes any [`Function`](raxla_ir::function::Function) of pytrees of tracers and gives another one. It traces its
//! function once into a program and rewrites that program by the primitives' rules, so transforms compose in any order, to any
//! depth. The functions that they give are called inside a trace: under `jit`, or another transform.

mod associative_scan;
mod checkpoint;
mod control;
mod custom;
mod custom_batching;
mod dce;
mod effects;
mod forward;
mod grad;
mod jacobian;
mod optimize;
mod solve;
mod vmap;

pub use {
    associative_scan::associative_scan,
    checkpoint::{CheckpointPolicy, checkpoint, checkpoint_name, checkpoint_with},
    control::{Scan, cond, fori_loop, map, scan, switch, while_loop},
    custom::{custom_jvp, custom_vjp, linear_call},
    custom_batching::{arguments_of, custom_vmap, sequential_vmap},
    dce::dce,
    effects::{
        PrintValues, VmapMethod, debug_callback, debug_callback_ordered, debug_print, debug_print_ordered, io_callback,
        pure_callback,
    },
    forward::{jvp, linearize},
    grad::{grad, grad_all, grad_aux, value_and_grad, value_and_grad_aux, vjp},
    jacobian::{hessian, jacfwd, jacrev},
    optimize::optimize,
    solve::{Endomap, Solver, custom_linear_solve, custom_linear_solve_aux, custom_root, custom_root_aux},
    vmap::{InAxes, LeafAxes, PerLeaf, Vmap, per_leaf, vmap},
};
