//! Solutions of equations, whose derivatives follow from the equations and not from how they were solved: [`custom_linear_solve`] and
//! [`custom_root`].

use raxla_ir::{
    ShapedArray, Tracer,
    primitives::{self, LinearSolve},
    program::Source,
    pytree::{Pytree, flatten, paths, unflatten},
    rewrite::{
        jvp::zeros,
        linearize,
        nested::{scatter, share_captures, tangents_through, transpose_of, with_zeros},
    },
    trace::{Traced, bind_at, check_alive, fail_at, inline, trace},
};
use std::{cell::RefCell, panic::Location};

/// A function of a value to one of its own structure and types.
pub type Endomap<'a, X> = &'a dyn Fn(X) -> X;
/// What solves `A x = b`, given `A` as a function and `b`.
pub type Solver<'a, X> = &'a dyn Fn(Endomap<X>, X) -> X;

fn strong(avals: &[ShapedArray]) -> Vec<ShapedArray> {
    avals.iter().map(ShapedArray::strong).collect()
}
/// The function of leaves, checked to give leaves of the structure and types that it takes, and more behind them.
fn traced<X: Pytree<Leaf = Tracer>>(
    (name, what): (&str, &str),
    (tree, avals): (&X::Tree, &[ShapedArray]),
    at: Source,
    f: impl FnOnce(X) -> (X, Vec<Tracer>),
) -> Traced {
    let traced = trace(avals, |args| {
        let (value, more) = f(unflatten(tree, args.iter().copied()));
        let (mut outs, got) = flatten(value);
        check_alive(&outs, at);
        if got != *tree {
            fail_at(format!("{name}: {what} must return a value of the structure {tree:?}, got {got:?}"), at);
        }
        outs.extend(more);
        outs
    });
    let outs = traced.program.out_avals();
    if let Some(i) = (0..avals.len()).find(|i| outs[*i].strong() != avals[*i]) {
        let path = &paths::<X>(tree)[i];
        fail_at(format!("{name}: {what} must return {} at x{path}, got {}", avals[i], outs[i]), at);
    }
    traced
}
/// Leaves that are floats, or the end of the trace.
fn inexact<X: Pytree<Leaf = Tracer>>(
    (name, what): (&str, &str),
    tree: &X::Tree,
    leaves: &[Tracer],
    at: Source,
) -> Vec<ShapedArray> {
    check_alive(leaves, at);
    let avals: Vec<ShapedArray> = leaves.iter().map(|t| t.aval().strong()).collect();
    if let Some(i) = avals.iter().position(|a| !a.dtype.is_inexact()) {
        let path = &paths::<X>(tree)[i];
        fail_at(format!("{name}: takes floats and complex numbers as {what}, got {} at x{path}", avals[i]), at);
    }
    avals
}

/// The solution of `A x = b`, found by `solve`, with the derivative that follows from the equation: `A ẋ = ḃ − Ȧ x`. As
/// `jax.lax.custom_linear_solve`.
///
/// `matvec` is what `A` does to a value; `b`, `x` and `A x` are pytrees of one structure and types. `solve(matvec, b)` gives `x`; it may
/// do whatever it likes (iterate, call a factorization), since it is never differentiated. Values that `matvec` captures are what `A` is
/// made of, and have derivatives. `transpose_solve(vecmat, b)` solves `Aᵀ x = b` (without conjugation), which reverse mode needs;
/// if `symmetric`, `A` is its own transpose, and `solve` serves for both.
///
/// # Panics
/// Inside the trace, at the caller's line, if `matvec` or a solver return another structure or types than `b`'s, `b` has other leaves
/// than floats and complex numbers, or (in reverse mode) there is no `transpose_solve`.
///
/// ```
/// use raxla_ir::{Literal, Tracer, eval::eval, trace::trace};
/// use raxla_transforms::{custom_linear_solve, grad};
/// // d/da of the sum of b/a.
/// let f = |a: Tracer, b: Tracer| {
///     let divide = |_: &dyn Fn(Tracer) -> Tracer, b: Tracer| b / a.stop_gradient();
///     custom_linear_solve(|x: Tracer| a * x, b, divide, None, true).sum()
/// };
/// let (a, b) = (Literal::from(vec![2.0f32, 4.0]), Literal::from(vec![1.0f32, 8.0]));
/// let program = trace(&[a.aval().clone(), b.aval().clone()], |x| vec![grad(f)(x[0], x[1])]);
/// assert_eq!(eval(&program.program, &[a, b]).unwrap(), [Literal::from(vec![-0.25f32, -0.5])]);
/// ```
#[track_caller]
pub fn custom_linear_solve<X: Pytree<Leaf = Tracer>>(
    matvec: impl Fn(X) -> X,
    b: X,
    solve: impl Fn(&dyn Fn(X) -> X, X) -> X,
    transpose_solve: Option<Solver<X>>,
    symmetric: bool,
) -> X {
    let at = Location::caller().into();
    let solve = |matvec: &dyn Fn(X) -> X, b: X| (solve(matvec, b), None::<Tracer>);
    linear_solve_at(&matvec, b, &solve, transpose_solve, symmetric, at).0
}
/// [`custom_linear_solve`] with a `solve` that returns something besides, such as a number of iterations, which has no derivative.
///
/// ```
/// use raxla_ir::{Literal, Tracer, eval::eval, trace::{constant, trace}};
/// use raxla_transforms::custom_linear_solve_aux;
/// let b = Literal::from(vec![1.0f32, 3.0]);
/// let program = trace(&[b.aval().clone()], |a| {
///     let solve = |_: &dyn Fn(Tracer) -> Tracer, b: Tracer| (b / 2.0, constant(1i32));
///     let (x, steps) = custom_linear_solve_aux(|x: Tracer| x * 2.0, a[0], solve, None, true);
///     vec![x, steps]
/// });
/// assert_eq!(eval(&program.program, &[b]).unwrap(), [Literal::from(vec![0.5f32, 1.5]), Literal::scalar(1i32)]);
/// ```
#[track_caller]
pub fn custom_linear_solve_aux<X: Pytree<Leaf = Tracer>, S: Pytree<Leaf = Tracer>>(
    matvec: impl Fn(X) -> X,
    b: X,
    solve: impl Fn(&dyn Fn(X) -> X, X) -> (X, S),
    transpose_solve: Option<Solver<X>>,
    symmetric: bool,
) -> (X, S) {
    linear_solve_at(&matvec, b, &solve, transpose_solve, symmetric, Location::caller().into())
}
fn linear_solve_at<X: Pytree<Leaf = Tracer>, S: Pytree<Leaf = Tracer>>(
    matvec: Endomap<X>,
    b: X,
    solve: &dyn Fn(Endomap<X>, X) -> (X, S),
    transpose_solve: Option<Solver<X>>,
    symmetric: bool,
    at: Source,
) -> (X, S) {
    const NAME: &str = "custom_linear_solve";
    let (b, tree) = flatten(b);
    let avals = inexact::<X>((NAME, "b"), &tree, &b, at);
    let types = (&tree, &avals[..]);
    let product = traced::<X>((NAME, "matvec"), types, at, |x| (matvec(x), vec![]));
    let aux_tree = RefCell::new(None);
    let solution = traced::<X>((NAME, "solve"), types, at, |b| {
        let (x, aux) = solve(matvec, b);
        let (aux, tree) = flatten(aux);
        check_alive(&aux, at);
        *aux_tree.borrow_mut() = Some(tree);
        (x, aux)
    });
    let mut all = vec![product, solution];
    if let Some(transpose_solve) = transpose_solve.filter(|_| !symmetric) {
        let unknown: Vec<bool> = (0..all[0].program.ins.len()).map(|i| i < b.len()).collect();
        let present = vec![true; b.len()];
        let (transposed, found) = transpose_of(&all[0].program, &unknown, &present);
        let transposed = with_zeros(&transposed, &avals, &found, &present);
        let captured = all[0].captured.clone();
        let vecmat = |x: X| unflatten(&tree, inline(&transposed, &[&captured[..], &flatten(x).0].concat()));
        all.push(traced::<X>((NAME, "vecmat"), types, at, |x| (vecmat(x), vec![])));
        all.push(traced::<X>((NAME, "transpose_solve"), types, at, |b| (transpose_solve(&vecmat, b), vec![])));
    }
    let (captured, programs) = share_captures(&all);
    let mut programs = programs.into_iter();
    let (Some(matvec), Some(solve)) = (programs.next(), programs.next()) else {
        fail_at(format!("{NAME}: was not traced"), at)
    };
    let (vecmat, transpose_solve) =
        if symmetric { (Some(matvec.clone()), Some(solve.clone())) } else { (programs.next(), programs.next()) };
    let op = LinearSolve { captures: captured.len(), matvec, solve, vecmat, transpose_solve };
    let mut x = bind_at(op.into(), &[captured, b].concat(), at).to_vec();
    let aux = x.split_off(avals.len());
    match aux_tree.into_inner() {
        Some(aux_tree) => (unflatten(&tree, x), unflatten(&aux_tree, aux)),
        None => fail_at(format!("{NAME}: solve was not traced"), at),
    }
}

/// A root of `f`, found by `solve`, with the derivative that the implicit function theorem gives. As `jax.lax.custom_root`.
///
/// `f` takes and returns pytrees of one structure and types, floats or complex numbers; what it captures are the values on which the
/// root depends. `solve(f, initial_guess)` gives `x` with `f(x) = 0`, and is never differentiated. Where `f` changes by `ḟ` at the root,
/// the root changes by `−(∂f/∂x)⁻¹ ḟ`: `tangent_solve(g, y)` solves `g(x) = y` for the linear `g = ∂f/∂x`. For reverse mode it must be
/// something linear in `y`, that can be transposed: `y / g(1)` for scalars, [`custom_linear_solve`], or a product with an inverse. The derivative
/// in the initial guess is zero. This holds for derivatives up to the third; the fourth is that of `solve`'s own steps.
///
/// # Panics
/// Inside the trace, at the caller's line, if `f` or a solver return another structure or types than the guess's.
///
/// ```
/// use raxla_ir::{Literal, Tracer, eval::eval, trace::{constant, trace}};
/// use raxla_transforms::{custom_root, fori_loop, grad};
/// // √a by Newton's method: the derivative is 1/(2√a).
/// let root = |a: Tracer| {
///     let newton = |f: &dyn Fn(Tracer) -> Tracer, x: Tracer| {
///         fori_loop(0, 20, |_: Tracer, x: Tracer| x - f(x) / (x * 2.0), x)
///     };
///     let tangent_solve = |g: &dyn Fn(Tracer) -> Tracer, y: Tracer| y / g(constant(1.0));
///     custom_root(|x: Tracer| x * x - a, a, newton, tangent_solve)
/// };
/// let a = Literal::scalar(4.0f64);
/// let program = trace(&[a.aval().clone()], |x| vec![root(x[0]), grad(root)(x[0])]);
/// assert_eq!(eval(&program.program, &[a]).unwrap(), [Literal::scalar(2.0), Literal::scalar(0.25)]);
/// ```
#[track_caller]
pub fn custom_root<X: Pytree<Leaf = Tracer>>(
    f: impl Fn(X) -> X,
    initial_guess: X,
    solve: impl Fn(&dyn Fn(X) -> X, X) -> X,
    tangent_solve: impl Fn(&dyn Fn(X) -> X, X) -> X,
) -> X {
    let at = Location::caller().into();
    let solve = |f: &dyn Fn(X) -> X, guess: X| (solve(f, guess), None::<Tracer>);
    root_at(&f, initial_guess, &solve, &tangent_solve, at).0
}
/// [`custom_root`] with a `solve` that returns something besides, such as a number of iterations, which has no derivative.
///
/// ```
/// use raxla_ir::{Literal, Tracer, eval::eval, trace::{constant, trace}};
/// use raxla_transforms::custom_root_aux;
/// let a = Literal::scalar(3.0f32);
/// let program = trace(&[a.aval().clone()], |a| {
///     let a = a[0];
///     let solve = |_: &dyn Fn(Tracer) -> Tracer, _: Tracer| (a / 2.0, constant(1i32));
///     let divide = |g: &dyn Fn(Tracer) -> Tracer, y: Tracer| y / g(constant(1.0f32));
///     let (x, steps) = custom_root_aux(|x: Tracer| x * 2.0 - a, a, solve, divide);
///     vec![x, steps]
/// });
/// assert_eq!(eval(&program.program, &[a]).unwrap(), [Literal::scalar(1.5f32), Literal::scalar(1i32)]);
/// ```
#[track_caller]
pub fn custom_root_aux<X: Pytree<Leaf = Tracer>, S: Pytree<Leaf = Tracer>>(
    f: impl Fn(X) -> X,
    initial_guess: X,
    solve: impl Fn(&dyn Fn(X) -> X, X) -> (X, S),
    tangent_solve: impl Fn(&dyn Fn(X) -> X, X) -> X,
) -> (X, S) {
    root_at(&f, initial_guess, &solve, &tangent_solve, Location::caller().into())
}
/// A function of leaves.
type Leaves<'a> = &'a dyn Fn(&[Tracer]) -> Vec<Tracer>;
fn root_at<X: Pytree<Leaf = Tracer>, S: Pytree<Leaf = Tracer>>(
    f: Endomap<X>,
    guess: X,
    solve: &dyn Fn(Endomap<X>, X) -> (X, S),
    tangent_solve: Solver<X>,
    at: Source,
) -> (X, S) {
    const NAME: &str = "custom_root";
    let (guess, tree) = flatten(guess);
    let avals = inexact::<X>((NAME, "initial guess"), &tree, &guess, at);
    let (n, types) = (avals.len(), (&tree, &avals[..]));
    let function = traced::<X>((NAME, "f"), types, at, |x| (f(x), vec![]));
    let aux_tree = RefCell::new(None);
    let solution = traced::<X>((NAME, "solve"), types, at, |guess| {
        let (x, aux) = solve(f, guess);
        let (aux, tree) = flatten(aux);
        check_alive(&aux, at);
        *aux_tree.borrow_mut() = Some(tree);
        (x, aux)
    });
    // From the root and a change of `f` there to the change of the root that makes up for it, but for its sign.
    let inverse = trace(&[&avals[..], &avals].concat(), |args| {
        let (x, y) = args.split_at(n);
        let active: Vec<bool> = (0..function.program.ins.len()).map(|i| i < n).collect();
        let at_root = linearize(&function.program, &[x, &function.captured].concat(), &active);
        let slope = |x: X| {
            let outs = inline(&at_root.linear, &[&flatten(x).0[..], &at_root.residuals].concat());
            let outs = scatter(&at_root.active, &outs).into_iter().zip(&avals);
            unflatten(&tree, outs.map(|(o, a)| o.unwrap_or_else(|| zeros(a))).collect::<Vec<_>>())
        };
        let found = trace(&avals, |y| {
            let (found, got) = flatten(tangent_solve(&slope, unflatten(&tree, y.iter().copied())));
            check_alive(&found, at);
            if got != tree {
                fail_at(
                    format!("{NAME}: tangent_solve must return a value of the structure {tree:?}, got {got:?}"),
                    at,
                );
            }
            found
        });
        inline(&found.program, &[y, &found.captured].concat())
    });
    if strong(&inverse.program.out_avals()) != avals {
        let got = inverse.program.out_avals();
        fail_at(format!("{NAME}: tangent_solve must return values of the types {avals:?}, got {got:?}"), at);
    }
    let (captured, programs) = share_captures(&[function, solution, inverse]);
    let [function, solution, inverse] = &programs[..] else { fail_at(format!("{NAME}: was not traced"), at) };
    let c = captured.len();
    let derivative = |root: Leaves, args: &[Tracer], tangents: &[Tracer]| {
        let mut outs = root(args);
        let (captured, mut tangents) = (&args[..c], tangents.iter());
        let along = captured.iter().map(|t| if t.dtype().is_inexact() { tangents.next().copied() } else { None });
        let along: Vec<Option<Tracer>> = along.chain(vec![None; n]).collect();
        let changes = tangents_through(function, &[captured, &outs[..n]].concat(), &along, true);
        let changes = changes.into_iter().zip(&avals).map(|(t, a)| t.unwrap_or_else(|| zeros(a)));
        let changes: Vec<Tracer> = changes.collect();
        let found = inline(inverse, &[captured, &outs[..n], &changes].concat());
        let others = outs[n..].iter().filter(|o| o.dtype().is_inexact()).map(|o| zeros(&o.aval().strong()));
        let tangents: Vec<Tracer> = found.into_iter().map(|t| -t).chain(others).collect();
        outs.extend(tangents);
        outs
    };
    let value = |args: &[Tracer]| inline(solution, args);
    let of_order = |root: Leaves, args: &[Tracer]| {
        let rule = |args: &[Tracer], tangents: &[Tracer]| derivative(root, args, tangents);
        primitives::custom_jvp::custom_jvp_at(NAME, args, value, rule, at)
    };
    let first = |args: &[Tracer]| of_order(&value, args);
    let second = |args: &[Tracer]| of_order(&first, args);
    let mut x = of_order(&second, &[&captured[..], &guess].concat());
    let aux = x.split_off(n);
    match aux_tree.into_inner() {
        Some(aux_tree) => (unflatten(&tree, x), unflatten(&aux_tree, aux)),
        None => fail_at(format!("{NAME}: solve was not traced"), at),
    }
}
