//! Random numbers as JAX makes them: a distribution is a pure function of a [`Key`], and the same key gives the same numbers, bit for bit
//! those of `jax.random`.
//!
//! Nothing is hidden: a key that is used twice gives the same numbers twice. So a program splits its key, and uses each part once.
//!
//! ```
//! use raxla::{prelude::*, random::{self, Key}};
//! let dropout = jit(|key: Key, x: Tracer| {
//!     let kept = random::bernoulli(key, 0.5, &x.shape());
//!     kept.select(x * 2.0, x.full_like(0.0))
//! });
//! let y = dropout(Key::new(42), Array::from(vec![1.0f32; 4]));
//! assert_eq!(y.to_vec::<f32>()?, [2.0, 0.0, 0.0, 0.0]);
//! # Ok::<(), raxla::Error>(())
//! ```
//!
//! # Signatures
//!
//! Every distribution is `name(key, parameters …, shape, dtype)`. Parameters are tracers or Rust numbers; they are converted to the dtype
//! and broadcast to the shape, which is that of the result. The dtype is explicit: where JAX takes one by default, that is
//! [`DType::F32`](crate::DType) or [`DType::I32`](crate::DType), and the numbers are those of JAX without its 64-bit mode. Functions whose
//! result can have but one dtype take none.
//!
//! A key is one key. For an array of keys, as [`split`] makes it, use [`vmap`](crate::vmap) or [`scan`](crate::scan).
//!
//! # Agreement with JAX
//!
//! Bits, keys and integers made from bits are equal. Floats agree within their rounding: XLA may contract a product and a sum, and
//! both may use another approximation of a logarithm. `tests/random.rs` compares every function with JAX 0.10.2.

mod continuous;
mod counts;
mod discrete;
mod gamma;
mod key;
mod matrices;
mod order;
mod parameters;
mod uniform;

pub use {
    continuous::{
        cauchy, exponential, gumbel, gumbel_high, gumbel_highest, laplace, logistic, pareto, rayleigh, triangular,
        wald, weibull_min,
    },
    counts::{binomial, multinomial, poisson},
    discrete::{bernoulli, bernoulli_high, categorical, categorical_by, geometric, rademacher, randint},
    gamma::{ball, beta, chisquare, dirichlet, f, gamma, generalized_normal, loggamma, t},
    key::{Implementation, Key, Seed, Sizes, bits, fold_in, key, key_data, key_of, split, wrap_key_data},
    matrices::{CovarianceFactor, multivariate_normal, orthogonal},
    order::{choice, choice_by, permutation},
    uniform::{double_sided_maxwell, lognormal, maxwell, normal, truncated_normal, uniform},
};
