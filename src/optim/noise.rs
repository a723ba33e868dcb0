//! Noise in the updates.

use super::{GradientTransformation, Leaves, State, increment, no_steps};
use crate::random::{Implementation, Key, key_data, normal, split, wrap_key_data};
use raxla_ir::{Literal, trace::constant};

/// Updates with normally distributed noise, of the variance `eta / step^gamma`, made from a key of this seed (Neelakantan et al. 2015).
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::add_noise(0.0, 0.55, 7))), "[1.0, -2.0]");
/// ```
pub fn add_noise(eta: f64, gamma: f64, seed: u64) -> GradientTransformation {
    let name = "add_noise";
    GradientTransformation::new(
        move |_| {
            let words = constant(Literal::from(vec![(seed >> 32) as u32, seed as u32]));
            State::new(name, [("count", no_steps()), ("rng_key", Leaves::one(words))])
        },
        move |updates, state, _| {
            let [count, key] = state.slots(name);
            let count = increment(count[0]);
            let deviation = (count.astype(raxla_ir::DType::F32).pow(-gamma) * eta).sqrt();
            let [next, now] = split(wrap_key_data(key[0], Implementation::default()), 2).unpack();
            let keys = key_data(split(now, updates.len()));
            let each = updates.iter().enumerate().map(|(i, g)| {
                let key: Key = wrap_key_data(keys.slice_axis(0, i, i + 1).reshape(&[2]), Implementation::default());
                *g + normal(key, &g.shape(), g.dtype()) * deviation.astype(g.dtype())
            });
            let updates = updates.with(each.collect());
            (updates, State::new(name, [("count", Leaves::one(count)), ("rng_key", Leaves::one(key_data(next)))]))
        },
    )
}

#[cfg(test)]
mod tests {
    use super::super::{tests::descend, *};

    // No row: JAX counts Threefry as one equation.
    #[test]
    fn five_noisy_steps_are_those_of_optax() {
        let (a, b) =
            ([0.4732808, 0.2543589, 1.1615659], [-1.7075438, 1.381708, 1.977458, -0.2097769, -0.2353469, -1.1488028]);
        let ins = [Literal::new(&[3], &a.map(|x: f64| x as f32)), Literal::new(&[2, 3], &b.map(|x: f64| x as f32))];
        let avals = ins.clone().map(|x| x.aval().clone());
        let program = raxla_ir::trace::trace(&avals, |x| {
            let path = descend(chain([add_noise(0.3, 0.55, 7), scale(-0.1)]), (x[0], x[1]));
            vec![path[4].0, path[4].1]
        });
        let outs = raxla_ir::eval::eval(&program.program, &ins).expect("parameters");
        let want = [
            &[0.0680006, 0.0268298, 0.5966926][..],
            &[-1.3626435, 0.9227856, 1.4738448, 0.0080121, 0.065908, -0.4961648],
        ];
        for (got, want) in outs.iter().zip(want) {
            assert!(got.floats().iter().zip(want).all(|(g, w)| (g - w).abs() < 1e-5), "{got}, not {want:?}");
        }
    }
}
