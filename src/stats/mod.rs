//! The distributions of `jax.scipy.stats`: each a module of its functions, by the names that SciPy has for them.
//!
//! Every function takes the point (or the probability) first, then the parameters, all of which are arrays or bare numbers that meet by
//! [promotion](crate::numpy::promotion) in one float dtype, and broadcast. `loc` and `scale` have no defaults: SciPy's are 0 and 1.
//! Outside of its support a density is 0, its logarithm `-∞`, and its derivative 0.
//!
//! ```
//! use raxla::{prelude::*, stats};
//! let f = jit(|x: Tracer| stats::norm::cdf(x, 1, 2.0));
//! assert_eq!(f(Array::from(vec![1.0f32])).to_vec::<f32>()?, [0.5]);
//! # Ok::<(), raxla::Error>(())
//! ```

mod density;
mod discrete;
mod located;
mod multivariate;
mod ranks;
mod shaped;
mod truncated;

pub use density::*;
pub use discrete::*;
pub use located::*;
pub use multivariate::*;
pub use ranks::*;
pub use shaped::*;
pub use truncated::*;

/// What a function of a distribution gives, for its documentation.
macro_rules! meaning {
    (logpdf) => {
        "The logarithm of the density."
    };
    (pdf) => {
        "The density."
    };
    (logpmf) => {
        "The logarithm of the probability of a number."
    };
    (pmf) => {
        "The probability of a number."
    };
    (cdf) => {
        "The probability of a number not above the point."
    };
    (logcdf) => {
        "The logarithm of `cdf`."
    };
    (sf) => {
        "The probability of a number above the point."
    };
    (logsf) => {
        "The logarithm of `sf`."
    };
    (ppf) => {
        "The number that `cdf` takes to this probability."
    };
    (entropy) => {
        "The entropy, in nats."
    };
    (isf) => {
        "The number that `sf` takes to this probability."
    };
}
pub(crate) use meaning;

/// A distribution: its parameters, then its functions. `f = exp g` is the exponential of another of them, `f = log g` its logarithm;
/// `f(x, p) = …` has parameters of its own.
macro_rules! distribution {
    ($(#[$doc:meta])* $module:ident $params:tt { $($name:ident $(($($own:ident),*))? = $how:tt $what:tt;)* }) => {
        $(#[$doc])*
        pub mod $module {
            #[allow(unused_imports)]
            use super::*;
            $($crate::stats::distribution! { @of $module $name [$(($($own),*))?] $params $how $what })*
        }
    };
    (@of $module:ident $name:ident [] $params:tt $how:tt $what:tt) => {
        $crate::stats::distribution! { @one $module $name $params $how $what }
    };
    (@of $module:ident $name:ident [$own:tt] $params:tt $how:tt $what:tt) => {
        $crate::stats::distribution! { @one $module $name $own $how $what }
    };
    (@one $module:ident $name:ident ($x:ident $(, $p:ident)*) exp $of:ident) => {
        #[doc = $crate::stats::meaning!($name)]
        #[track_caller]
        pub fn $name($x: impl Into<Arg> $(, $p: impl Into<Arg>)*) -> Tracer {
            $of($x $(, $p)*).exp()
        }
    };
    (@one $module:ident $name:ident ($x:ident $(, $p:ident)*) log $of:ident) => {
        #[doc = $crate::stats::meaning!($name)]
        #[track_caller]
        pub fn $name($x: impl Into<Arg> $(, $p: impl Into<Arg>)*) -> Tracer {
            $of($x $(, $p)*).log()
        }
    };
    (@one $module:ident $name:ident ($x:ident $(, $p:ident)*) of $body:block) => {
        #[doc = $crate::stats::meaning!($name)]
        #[track_caller]
        pub fn $name($x: impl Into<Arg> $(, $p: impl Into<Arg>)*) -> Tracer {
            #[track_caller]
            fn of(args: [Arg; [stringify!($x) $(, stringify!($p))*].len()]) -> Tracer {
                let [$x $(, $p)*] = crate::special::floats(concat!(stringify!($module), "::", stringify!($name)), args);
                $body
            }
            of([$x.into() $(, $p.into())*])
        }
    };
}
pub(crate) use distribution;

use raxla_ir::Tracer;

/// `value` where `known` holds, elsewhere the number `other`.
#[track_caller]
fn within(known: Tracer, value: Tracer, other: f64) -> Tracer {
    known.select(value, value.full_like(other))
}
/// The same numbers, not weak even if the parameters were bare numbers: as JAX has it, here and there.
#[track_caller]
fn strong(x: Tracer) -> Tracer {
    x.strong()
}
/// Whether it is a probability.
#[track_caller]
fn is_probability(q: Tracer) -> Tracer {
    q.greater_equal(0.0) & q.less_equal(1.0)
}
