//! The special functions of `jax.scipy.special`: of the gamma and beta functions, of entropy, of the error function, and integrals.
//!
//! Arguments are arrays or bare numbers, that meet by [promotion](crate::numpy::promotion) in one float dtype, and broadcast. Where
//! JAX's derivative is NaN or wrong at an edge, and there is a right one, the function's documentation says so.
//!
//! ```
//! use raxla::{prelude::*, special};
//! let y = jit(|x: Tracer| special::xlogy(x, 2.0))(Array::from(vec![0.0f32, 1.0]));
//! assert_eq!(y.to_vec::<f32>()?, [0.0, 2f32.ln()]);
//! # Ok::<(), raxla::Error>(())
//! ```

mod bessel;
mod complex_gamma;
mod entropy;
mod error_function;
mod gamma;
mod harmonics;
mod hypergeometric;
mod integrals;
mod polynomial;

pub use bessel::*;
pub use entropy::*;
pub use error_function::*;
pub use gamma::*;
pub use harmonics::*;
pub use hypergeometric::*;
pub use integrals::*;

use crate::numpy::{
    Arg,
    promotion::{promote_dtypes_inexact, promote_shapes},
};
use raxla_ir::{DType, Tracer, trace::fail};

/// The operands in one float dtype and one shape.
#[track_caller]
pub(crate) fn floats<const N: usize>(name: &str, args: [Arg; N]) -> [Tracer; N] {
    let args = promote_dtypes_inexact(name, args);
    if let Some(complex) = args.iter().find(|a| a.dtype().is_complex()) {
        fail(format!("{name}: takes real numbers, got {}", complex.aval()));
    }
    promote_shapes(name, args)
}
/// `f`, computed in `f32` where the operands are narrower.
#[track_caller]
fn widened<const N: usize>(args: [Tracer; N], f: impl FnOnce([Tracer; N]) -> Tracer) -> Tracer {
    let dtype = args[0].dtype();
    if dtype.bits() < 32 { f(args.map(|a| a.astype(DType::F32))).astype(dtype) } else { f(args) }
}
/// Functions of floats, that meet in one dtype and shape.
macro_rules! of_floats { ($($(#[$doc:meta])* $name:ident = |$($x:ident),+| $body:expr;)*) => { $(
    $(#[$doc])*
    #[track_caller]
    pub fn $name($($x: impl Into<$crate::numpy::Arg>),+) -> raxla_ir::Tracer {
        #[track_caller]
        fn of(args: [$crate::numpy::Arg; [$(stringify!($x)),+].len()]) -> raxla_ir::Tracer {
            let [$($x),+] = $crate::special::floats(stringify!($name), args);
            $body
        }
        of([$($x.into()),+])
    }
)* } }
pub(crate) use of_floats;
