//! Transformations whose second moments take less memory than the parameters: of rows and columns (Adafactor), of slices (SM3).

use super::{GradientTransformation, Leaves, State, abs_sq, increment, moment, no_steps, state::full};
use crate::numpy::{self, Over};
use raxla_ir::{DType, ShapedArray, Tracer};

/// What [`scale_by_factored_rms`](super::scale_by_factored_rms()) takes.
#[derive(Clone, Debug)]
pub struct FactoredRms {
    /// Whether moments are factored at all.
    pub factored: bool,
    /// The power by which the share of a new gradient falls: at step `t` it is `t^-decay_rate`.
    pub decay_rate: f64,
    /// The step that counts as the first.
    pub step_offset: i32,
    /// Leaves are factored whose two longest axes are at least so long.
    pub min_dim_size_to_factor: usize,
    /// Added to the squares of gradients.
    pub epsilon: f64,
}
impl Default for FactoredRms {
    fn default() -> FactoredRms {
        FactoredRms { factored: true, decay_rate: 0.8, step_offset: 0, min_dim_size_to_factor: 128, epsilon: 1e-30 }
    }
}
impl FactoredRms {
    /// The longest axis but one and the longest (of equals, the last ones), if a leaf of this type is factored.
    fn axes(&self, aval: &ShapedArray) -> Option<(usize, usize)> {
        let mut order: Vec<usize> = (0..aval.rank()).collect();
        order.sort_by_key(|axis| aval.shape[*axis]);
        match order[..] {
            [.., second, longest] if self.factored && aval.shape[second] >= self.min_dim_size_to_factor => {
                Some((second, longest))
            }
            _ => None,
        }
    }
}
/// Gradients over the root of the mean of their squares, of which for matrices only the means of rows and columns are kept
/// (Shazeer and Stern 2018).
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::scale_by_factored_rms(optim::FactoredRms::default()))), "[1.0, -1.0]");
/// ```
pub fn scale_by_factored_rms(options: FactoredRms) -> GradientTransformation {
    let name = "scale_by_factored_rms";
    let o = options.clone();
    let unused = |p: Tracer| full(&[1], p.dtype(), 0.0);
    GradientTransformation::new(
        move |params| {
            let without = |p: Tracer, axis: usize| {
                let mut shape = p.shape();
                shape.remove(axis);
                full(&shape, p.dtype(), 0.0)
            };
            let rows = params.map(|p| o.axes(&p.aval()).map_or_else(|| unused(p), |(_, longest)| without(p, longest)));
            let columns = params.map(|p| o.axes(&p.aval()).map_or_else(|| unused(p), |(second, _)| without(p, second)));
            let whole = params.map(|p| if o.axes(&p.aval()).is_some() { unused(p) } else { p.full_like(0.0) });
            State::new(name, [("count", no_steps()), ("v_row", rows), ("v_col", columns), ("v", whole)])
        },
        move |updates, state, params| {
            let [count, rows, columns, whole] = state.slots(name);
            let steps = (count[0] - options.step_offset + 1).astype(DType::F32);
            let share = steps.pow(-options.decay_rate);
            let (mut outs, mut new_rows, mut new_columns, mut new_whole) = (vec![], vec![], vec![], vec![]);
            for (i, (g, p)) in updates.iter().zip(params.iter()).enumerate() {
                let square = abs_sq(*g) + options.epsilon;
                let share = share.astype(square.dtype());
                let mean = |old: Tracer, new: Tracer| {
                    (old.astype(new.dtype()) * (1.0 - share) + new * share).astype(p.dtype())
                };
                let (mut row, mut column, mut v) = (unused(*p), unused(*p), unused(*p));
                let factor = match options.axes(&p.aval()) {
                    Some((second, longest)) => {
                        row = mean(rows[i], numpy::mean(square, longest as isize));
                        column = mean(columns[i], numpy::mean(square, second as isize));
                        // The row's axes are those of the leaf without the longest.
                        let left = if second > longest { second - 1 } else { second } as isize;
                        let of_rows = row / numpy::mean(row, Over::axis(left).keepdims());
                        of_rows.rsqrt().expand_dims(longest as isize) * column.rsqrt().expand_dims(second as isize)
                    }
                    None => {
                        v = mean(whole[i], square);
                        v.rsqrt()
                    }
                };
                outs.push(*g * factor.astype(g.dtype()));
                new_rows.push(row);
                new_columns.push(column);
                new_whole.push(v);
            }
            let slots = [
                ("count", Leaves::one(increment(count[0]))),
                ("v_row", rows.with(new_rows)),
                ("v_col", columns.with(new_columns)),
                ("v", whole.with(new_whole)),
            ];
            (updates.with(outs), State::new(name, slots))
        },
    )
}
/// The mean (of decay `b1`; Optax: 0.9) of gradients over the root of a bound of the sum of their squares: the least of those of the slices
/// through a place, one for each axis (Anil et al. 2019). With `b2` below 1 (Optax: 1) the sums decay. Optax's `eps` is `1e-8`.
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::scale_by_sm3(0.9, 1.0, 1e-8))), "[0.1, -0.1]");
/// ```
pub fn scale_by_sm3(b1: f64, b2: f64, eps: f64) -> GradientTransformation {
    let name = "scale_by_sm3";
    // The bounds of all axes of a leaf stand in one vector, axis after axis.
    let lengths = |p: Tracer| p.shape().iter().sum::<usize>();
    GradientTransformation::new(
        move |params| {
            let bounds = params.map(|p| full(&[lengths(p)], p.dtype(), 0.0));
            State::new(name, [("mu", bounds), ("nu", params.zeros(None))])
        },
        move |updates, state, _| {
            let [bounds, mean] = state.slots(name);
            let sums = updates.zip(bounds, |g, bounds| {
                let (shape, rank) = (g.shape(), g.rank());
                let mut start = 0;
                let each = (0..rank).map(|axis| {
                    let mut along = vec![1; rank];
                    along[axis] = shape[axis];
                    start += shape[axis];
                    bounds.slice_axis(0, start - shape[axis], start).reshape(&along).broadcast_to(&shape)
                });
                let fresh = g.square() * if b2 == 1.0 { 1.0 } else { 1.0 - b2 };
                each.reduce(|a, b| a.minimum(b)).map_or(fresh, |bound| fresh + bound * b2)
            });
            let scaled = updates.zip(&sums, |g, s| g * s.greater(0.0).select((s + eps).rsqrt(), s.full_like(0.0)));
            let mean = scaled.zip(mean, |u, m| moment(u, m, b1));
            let bounds = sums.map(|s| {
                let others = |axis: isize| (0..s.rank() as isize).filter(|a| *a != axis).collect::<Vec<isize>>();
                let each: Vec<Tracer> = (0..s.rank() as isize).map(|axis| s.max_axes(others(axis))).collect();
                if each.is_empty() {
                    full(&[0], s.dtype(), 0.0)
                } else {
                    raxla_ir::primitives::concatenate::concatenate(&each, 0)
                }
            });
            (mean.clone(), State::new(name, [("mu", bounds), ("nu", mean)]))
        },
    )
}

#[cfg(test)]
mod tests {
    use super::super::{tests::descend, *};

    crate::oracle::rows! { optim_factored:
        "descend(optax.chain(optax.scale_by_factored_rms(min_dim_size_to_factor=2), optax.scale(-0.1)), (a, b, c))", "f32(3), f32(3, 2), f32(2, 4, 3)"
            => fn(a, b, c) descend(chain([scale_by_factored_rms(FactoredRms { min_dim_size_to_factor: 2, ..FactoredRms::default() }), scale(-0.1)]), (a, b, c));
        "descend(optax.chain(optax.scale_by_factored_rms(factored=False, decay_rate=0.5), optax.scale(-0.1)), (a, b))", "f32(3), f32(2, 3)"
            => fn(a, b) descend(chain([scale_by_factored_rms(FactoredRms { factored: false, decay_rate: 0.5, ..FactoredRms::default() }), scale(-0.1)]), (a, b));
        "descend(optax.chain(optax.scale_by_sm3(0.8, 0.9), optax.scale(-0.1)), (a, b, c))", "f32(3), f32(2, 3), f32(2, 2, 3)", values
            => fn(a, b, c) descend(chain([scale_by_sm3(0.8, 0.9, 1e-8), scale(-0.1)]), (a, b, c));
    }
}
