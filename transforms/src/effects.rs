//! What a program does besides computing: [`debug_print`], [`debug_callback`], [`pure_callback`], [`io_callback`].
//!
//! They work inside everything: `jit`, loops and branches, `vmap`, `grad`. A function of the host gets its arguments as [`Literal`]s, on
//! one of XLA's threads; what it returns as an error, or panics with, becomes the error of the call that it belongs to.

use raxla_ir::{
    Literal, ShapedArray, Tracer,
    callback::{Callback, numbered},
    primitives::callback::{DebugCallback, DebugPrint, IoCallback, Order, PureCallback},
    trace::{bind, or_fail},
};

pub use raxla_ir::primitives::callback::VmapMethod;

/// The values that [`debug_print`] prints: tracers, or pairs of names and tracers.
pub trait PrintValues {
    /// The names, as far as there are, and the values.
    fn names_and_values(&self) -> (Vec<&str>, Vec<Tracer>);
}
impl PrintValues for [Tracer] {
    fn names_and_values(&self) -> (Vec<&str>, Vec<Tracer>) {
        (vec![], self.to_vec())
    }
}
impl PrintValues for [(&str, Tracer)] {
    fn names_and_values(&self) -> (Vec<&str>, Vec<Tracer>) {
        self.iter().copied().unzip()
    }
}
impl<T, const N: usize> PrintValues for [T; N]
where
    [T]: PrintValues,
{
    fn names_and_values(&self) -> (Vec<&str>, Vec<Tracer>) {
        self[..].names_and_values()
    }
}

/// Prints a line each time that the program gets there: `format`, with values in the places of `{}`, `{0}`, or `{name}`; braces for
/// themselves are doubled.
///
/// The line goes to standard output, or to [`set_printer`](raxla_ir::callback::set_printer)'s function. Under `vmap` each example prints its own;
/// derivatives print what the function itself computes, once. Lines of different prints may come in any order; see
/// [`debug_print_ordered`].
///
/// # Panics
/// Inside the trace, if the format does not fit the values.
///
/// ```
/// use raxla_ir::{DType, ShapedArray, Tracer, trace::trace};
/// use raxla_transforms::debug_print;
/// let f = |x: Tracer, y: Tracer| {
///     debug_print("x = {}, y = {}", &[x, y]);
///     debug_print("the sum of {x} and {y}", &[("x", x), ("y", y)]);
///     x + y
/// };
/// let scalar = ShapedArray::new(&[], DType::F32);
/// let program = trace(&[scalar.clone(), scalar], |a| vec![f(a[0], a[1])]).program;
/// assert!(program.to_string().contains("do debug_print[format=\"the sum of {0} and {1}\", order=free] %0 %1"));
/// ```
#[track_caller]
pub fn debug_print<V: PrintValues + ?Sized>(format: &str, values: &V) {
    print(format, values, Order::Free)
}
/// [`debug_print`] whose lines come in the order in which the program stands, under `vmap` example after example.
///
/// # Panics
/// Inside the trace, if the format does not fit the values.
#[track_caller]
pub fn debug_print_ordered<V: PrintValues + ?Sized>(format: &str, values: &V) {
    print(format, values, Order::Ordered)
}
#[track_caller]
fn print<V: PrintValues + ?Sized>(format: &str, values: &V, order: Order) {
    let (names, values) = values.names_and_values();
    let format = or_fail("debug_print", numbered(format, &names));
    bind(DebugPrint { format, order }.into(), &values);
}

fn callback<F>(f: F) -> Callback
where
    F: Fn(&[Literal]) -> Result<Vec<Literal>, String> + Send + Sync + 'static,
{
    Callback::new(short_name::<F>(), f)
}
/// The function in which a closure stands.
fn short_name<F>() -> &'static str {
    let full = std::any::type_name::<F>();
    full.rsplit("::").find(|part| part.chars().all(|c| c.is_alphanumeric() || c == '_')).unwrap_or("f")
}

/// Shows values to a function of the host, each time that the program gets there, at any time and in any order.
///
/// Under `vmap` the function is called for each example; derivatives show what the function itself computes.
///
/// ```
/// use raxla_ir::{Literal, Tracer, eval::eval, trace::trace};
/// use raxla_transforms::debug_callback;
/// use std::sync::{Arc, Mutex};
/// let seen = Arc::new(Mutex::new(vec![]));
/// let shared = seen.clone();
/// let show = move |x: &[Literal]| { shared.lock().unwrap().push(x[0].to_string()); Ok(()) };
/// let x = Literal::from(vec![1.0f32, 2.0]);
/// let program = trace(&[x.aval().clone()], |a| { debug_callback(show, &[a[0] * 2.0]); vec![] }).program;
/// eval(&program, &[x]).unwrap();
/// assert_eq!(*seen.lock().unwrap(), ["[2. 4.]"]);
/// ```
#[track_caller]
pub fn debug_callback(f: impl Fn(&[Literal]) -> Result<(), String> + Send + Sync + 'static, arguments: &[Tracer]) {
    bind(DebugCallback { callback: showing(f), order: Order::Free }.into(), arguments);
}
/// [`debug_callback`] that is called in the order in which the program stands, under `vmap` example after example.
#[track_caller]
pub fn debug_callback_ordered(
    f: impl Fn(&[Literal]) -> Result<(), String> + Send + Sync + 'static,
    arguments: &[Tracer],
) {
    bind(DebugCallback { callback: showing(f), order: Order::Ordered }.into(), arguments);
}
fn showing<F: Fn(&[Literal]) -> Result<(), String> + Send + Sync + 'static>(f: F) -> Callback {
    Callback::new(short_name::<F>(), move |x| f(x).map(|()| vec![]))
}

/// Calls a function of the host that has no effects: the same arguments always give the same outputs, of the types `outs`. It may be called
/// more often, or less often, than the program says.
///
/// `vmap_method` says what it is under `vmap`. It has no derivative: give it one with `custom_jvp`.
///
/// ```
/// use raxla_ir::{Literal, eval::eval, trace::trace};
/// use raxla_transforms::{VmapMethod, pure_callback};
/// let double = |x: &[Literal]| Ok(vec![Literal::from_floats(x[0].aval().clone(), x[0].floats().iter().map(|x| 2.0 * x))]);
/// let x = Literal::from(vec![1.0f32, 2.0]);
/// let out = x.aval().clone();
/// let program = trace(&[out.clone()], |a| pure_callback(double, &[out], a, VmapMethod::ExpandDims)).program;
/// assert_eq!(eval(&program, &[x]).unwrap(), [vec![2.0f32, 4.0].into()]);
/// ```
#[track_caller]
pub fn pure_callback(
    f: impl Fn(&[Literal]) -> Result<Vec<Literal>, String> + Send + Sync + 'static,
    outs: &[ShapedArray],
    arguments: &[Tracer],
    vmap_method: VmapMethod,
) -> Vec<Tracer> {
    let op = PureCallback { callback: callback(f), outs: outs.to_vec(), vmap_method };
    bind(op.into(), arguments).to_vec()
}
/// Calls a function of the host that may do anything, once for each time that the program gets there; it gives outputs of the types
/// `outs`. If `ordered`, the calls happen in the order in which the program stands, within a program and from one to the next.
///
/// Under `vmap` an unordered one is called for each example, one after the other; an ordered one is refused. There is no derivative.
///
/// ```
/// use raxla_ir::{DType, Literal, ShapedArray, eval::eval, trace::trace};
/// use raxla_transforms::io_callback;
/// use std::sync::atomic::{AtomicI32, Ordering};
/// static COUNT: AtomicI32 = AtomicI32::new(0);
/// let next = |_: &[Literal]| Ok(vec![COUNT.fetch_add(1, Ordering::Relaxed).into()]);
/// let out = ShapedArray::new(&[], DType::I32);
/// let program = trace(&[], |_| io_callback(next, &[out], &[], true)).program;
/// assert_eq!(eval(&program, &[]).unwrap(), [Literal::from(0i32)]);
/// assert_eq!(eval(&program, &[]).unwrap(), [Literal::from(1i32)]);
/// ```
#[track_caller]
pub fn io_callback(
    f: impl Fn(&[Literal]) -> Result<Vec<Literal>, String> + Send + Sync + 'static,
    outs: &[ShapedArray],
    arguments: &[Tracer],
    ordered: bool,
) -> Vec<Tracer> {
    let order = if ordered { Order::Ordered } else { Order::Free };
    bind(IoCallback { callback: callback(f), outs: outs.to_vec(), order }.into(), arguments).to_vec()
}
