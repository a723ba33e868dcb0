//! `ragged_dot[…] x y sizes`: matrix products of consecutive groups of rows, each with a matrix of its own.

use super::{dot_general::Precision, *};
use crate::{aval::Dims, dtype::Kind, literal::Literal, trace::constant};

parameters! {
    /// Products of matrices whose rows (or summed columns) are divided into consecutive groups of sizes that are data.
    ///
    /// * Of rows: `[b…, x…, m, k], [b…, g, k, n], [b…, x…, g] → [b…, x…, m, n]`. The `m` rows fall into `g` groups, each of which is
    ///   multiplied by its own matrix; rows behind the last group give 0.
    /// * `summed`: `[b…, m, k], [b…, k, n], [b…, g] → [b…, g, m, n]`. The `k` terms of the sums fall into `g` groups, each of which has a sum of
    ///   its own; terms behind the last group are left out.
    ///
    /// The axes `b` go in step; `x` are those that the second operand does not have. Sizes are not negative.
    RaggedDot {
        /// Whether the summed axis is divided into groups, rather than the rows.
        summed: bool,
        /// How exactly to compute.
        precision: Precision,
        /// The dtype of the output, in which sums are accumulated.
        dtype: DType,
    }
}
/// The last two axes exchanged.
fn turned(x: Tracer) -> Tracer {
    let n = x.rank() as isize;
    x.moveaxis(n - 1, n - 2)
}
/// Sizes in a dtype that can number all places.
fn counted(sizes: Tracer) -> Tracer {
    if sizes.dtype().bits() < 32 { sizes.astype(DType::I32) } else { sizes }
}
impl RaggedDot {
    /// The number of axes `b` and `x`, given the ranks of the first two operands.
    fn axes(&self, lhs: usize, rhs: usize) -> [usize; 2] {
        let both = if self.summed { rhs - 2 } else { rhs - 3 };
        [both, lhs - 2 - both]
    }
    fn other(&self, summed: bool, ins: &[Tracer]) -> Tracer {
        bind1(RaggedDot { summed, ..self.clone() }, ins)
    }
    fn dot(&self, x: Tracer, y: Tracer, contract: [usize; 2], batch: usize) -> Tracer {
        let batch: Axes = (0..batch).collect();
        let op = DotGeneral {
            lhs_contract: smallvec![contract[0]],
            rhs_contract: smallvec![contract[1]],
            lhs_batch: batch.clone(),
            rhs_batch: batch,
            precision: self.precision,
            dtype: self.dtype,
        };
        bind1(op, &[x, y])
    }
    /// The product as products of everything with everything, of which those within a group are kept.
    fn dense(&self, ins: &[Tracer]) -> Tracer {
        let (x, y, sizes) = (ins[0], ins[1], counted(ins[2]));
        let [b, extra] = self.axes(x.rank(), y.rank());
        let front = b + extra;
        let (shape, other) = (x.shape(), y.shape());
        let (g, m, k, n) = (sizes.shape()[front], shape[front], shape[front + 1], other[other.len() - 1]);
        let divided = if self.summed { k } else { m };
        // Whether each place is in each group: `[b…, x…, g, divided]`.
        let within = [&shape[..front], &[g, divided]].concat();
        let all: Axes = (0..=front).collect();
        let ends = sizes.cumsum(front as isize);
        let place = iota::iota(sizes.dtype(), &within, front + 1);
        let after = bind1(Compare::Ge, &[place, (ends - sizes).broadcast(&within, &all)]);
        let before = bind1(Compare::Lt, &[place, ends.broadcast(&within, &all)]);
        let mask = bind1(Binary::And, &[after, before]);
        let kept = |mask: Tracer, x: Tracer, dims: &[usize]| {
            let mask = mask.broadcast(&x.shape(), dims);
            bind1(
                Select,
                &[mask, x, constant(Literal::zeros(ShapedArray::new(&[], x.dtype()))).broadcast(&x.shape(), &[])],
            )
        };
        let up_to = |last: &[usize]| -> Axes { (0..front).chain(last.iter().copied()).collect() };
        if self.summed {
            let (x, y) = (
                x.broadcast(&[&shape[..front], &[g, m, k]].concat(), &up_to(&[front + 1, front + 2])),
                y.broadcast(&[&shape[..front], &[g, k, n]].concat(), &up_to(&[front + 1, front + 2])),
            );
            let (x, y) = (kept(mask, x, &up_to(&[front, front + 2])), kept(mask, y, &up_to(&[front, front + 1])));
            return self.dot(x, y, [front + 2, front + 1], front + 1);
        }
        // `[b…, x…, m, g, n]`: one large product, of which each row keeps the columns of its group.
        let products = self.dot(x, y, [front + 1, b + 1], b);
        kept(turned(mask), products, &up_to(&[front, front + 1])).sum_axes(front as isize + 1)
    }
}
impl Primitive for RaggedDot {
    described!("ragged_dot");
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        arity(ins, 3)?;
        let (x, y, sizes) = (ins[0], ins[1], ins[2]);
        let misfit = || {
            let form = match self.summed {
                true => "[b…, m, k], [b…, k, n] and [b…, g]",
                false => "[b…, x…, m, k], [b…, g, k, n] and [b…, x…, g]",
            };
            format!("takes arrays of shapes {form}, got {x}, {y} and {sizes}")
        };
        let least = if self.summed { 2 } else { 3 };
        if x.rank() < 2 || y.rank() < least || x.rank() < y.rank() - least + 2 || sizes.rank() + 1 != x.rank() {
            return Err(misfit());
        }
        let [b, extra] = self.axes(x.rank(), y.rank());
        let front = b + extra;
        let (groups, rest) = (sizes.shape[front], &y.shape[b..]);
        let agree = match (self.summed, rest) {
            (true, [k, _]) => extra == 0 && *k == x.shape[front + 1],
            (false, [g, k, _]) => *g == groups && *k == x.shape[front + 1],
            _ => false,
        };
        if !agree || x.shape[..b] != y.shape[..b] || x.shape[..front] != sizes.shape[..front] {
            return Err(misfit());
        }
        if !sizes.dtype.is_integer() {
            return Err(format!("sizes of groups must be integers, got {sizes}"));
        }
        check_product(x, y, self.dtype)?;
        let tail = [groups, x.shape[front], y.shape[y.rank() - 1]];
        let shape = [&x.shape[..front], &tail[usize::from(!self.summed)..]].concat();
        Ok(smallvec![ShapedArray { weak: x.weak && y.weak, ..ShapedArray::new(&shape, self.dtype) }])
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        let out = self.infer(&[ins[0].aval(), ins[1].aval(), ins[2].aval()])?.remove(0);
        let [b, extra] = self.axes(ins[0].shape().len(), ins[1].shape().len());
        let [m, k] = [0, 1].map(|i| ins[0].shape()[b + extra + i]);
        let (g, n) = (ins[2].shape()[b + extra], ins[1].shape()[ins[1].shape().len() - 1]);
        let each: usize = ins[0].shape()[b..b + extra].iter().product();
        // The group of each place of the divided axis, for each of the arrays along the axes in front.
        let divided = if self.summed { k } else { m };
        let sizes = ins[2].ints();
        let group = |at: usize, place: usize| {
            let mut end = 0;
            (0..g).find(|i| {
                end += sizes[at * g + i];
                (place as i128) < end
            })
        };
        let groups: Vec<Option<usize>> = match divided {
            0 => vec![],
            d => (0..ins[0].shape()[..b + extra].iter().product::<usize>() * d).map(|i| group(i / d, i % d)).collect(),
        };
        // The places in both operands of the terms of an element of the output.
        let terms = |i: usize| -> Vec<(usize, usize)> {
            let (column, row) = (i % n, i / n % m);
            let (at, wanted) = if self.summed { (i / n / m / g, Some(i / n / m % g)) } else { (i / n / m, None) };
            let y = |term: usize| match self.summed {
                true => (groups[at * k + term] == wanted).then_some(at * k + term),
                false => groups[at * m + row].map(|own| (at / each * g + own) * k + term),
            };
            (0..k).filter_map(|term| y(term).map(|y| ((at * m + row) * k + term, y * n + column))).collect()
        };
        let all = 0..out.size();
        macro_rules! sums {
            ($items:ident, $from:ident, $zero:expr, $add:expr) => {{
                let (x, y) = (ins[0].$items(), ins[1].$items());
                Literal::$from(
                    out.clone(),
                    all.map(|i| terms(i).into_iter().fold($zero, |sum, (p, q)| $add(sum, x[p], y[q]))),
                )
            }};
        }
        Ok(vec![match out.dtype.kind() {
            Kind::Complex => sums!(complexes, from_complexes, num_complex::Complex64::ZERO, |sum, x, y| sum + x * y),
            Kind::Float => sums!(floats, from_floats, 0.0, |sum, x, y| sum + x * y),
            _ => sums!(ints, from_ints, 0i128, |sum: i128, x: i128, y: i128| sum.wrapping_add(x.wrapping_mul(y))),
        }])
    }
    fn tangent(&self, ins: &[Tracer], _outs: &[Tracer], tangents: &[Option<Tracer>]) -> Vec<Option<Tracer>> {
        let left = tangents[0].map(|t| bind1(self.clone(), &[t, ins[1], ins[2]]));
        let right = tangents[1].map(|t| bind1(self.clone(), &[ins[0], t, ins[2]]));
        vec![add_some(left, right)]
    }
    /// With the groups `R` of rows and the groups `S` of sums: `R(x, y)` has the cotangents `R(c, yᵀ)` and `S(xᵀ, c)`, the latter summed
    /// over the axes that `y` lacks; `S(x, y)` has `R(y, cᵀ)ᵀ` and `R(xᵀ, c)`.
    fn transpose(&self, cts: &[Option<Tracer>], ins: &[Linear]) -> Vec<Option<Tracer>> {
        let (Some(ct), Some(sizes)) = (cts[0], ins[2].known()) else { return vec![None, None, None] };
        let [b, extra] = self.axes(ins[0].aval().rank(), ins[1].aval().rank());
        let dtype = ct.dtype();
        match ins {
            [Linear::Unknown(x), Linear::Known(y), _] => {
                let y = y.astype(dtype);
                let back = match self.summed {
                    true => turned(self.other(false, &[y, turned(ct), sizes])),
                    false => self.other(false, &[ct, turned(y), sizes]),
                };
                vec![Some(back.astype(x.dtype)), None, None]
            }
            [Linear::Known(x), Linear::Unknown(y), _] => {
                let x = turned(x.astype(dtype));
                let back = match self.summed {
                    true => self.other(false, &[x, ct, sizes]),
                    false => self
                        .other(true, &[x, ct, sizes])
                        .sum_axes((b..b + extra).map(|i| i as isize).collect::<Vec<_>>()),
                };
                vec![None, Some(back.astype(y.dtype)), None]
            }
            _ => fail("ragged_dot: cannot be transposed, since it is not linear in both operands"),
        }
    }
    fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        if self.summed || ins[1].batched {
            return Batched::apply(self.clone(), axis, ins);
        }
        // Matrices that are the same for the whole batch stay so: the batch axis goes behind those that they share.
        let rank = ins[0].value.rank() - usize::from(ins[0].batched);
        let [b, _] = self.axes(rank, ins[1].value.rank());
        let behind = |i: usize| ins[i].spread(axis).moveaxis(0, b as isize);
        let out = bind1(self.clone(), &[behind(0), ins[1].value, behind(2)]);
        vec![Batched::new(out.moveaxis(b as isize, 0))]
    }
    /// As JAX does on CPUs: by dense products. XLA's own operation becomes those too, there.
    fn lower(&self, module: &mut Module, ins: &[Value], _outs: &[ShapedArray]) -> Vec<Value> {
        module.emit(ins, |a| vec![self.dense(a)])
    }
}
impl Registered for RaggedDot {
    read_by_name!("ragged_dot");
    fn samples() -> Vec<Sample> {
        let array = |shape: &[usize], dtype: DType, seed: i128| {
            let aval = ShapedArray::new(shape, dtype);
            let number = |i: i128| ((i * 7 + seed) % 11 - 5) as f64 / 4.0;
            let z = |i: i128| num_complex::Complex64::new(number(i), number(i + 3));
            let n = aval.size() as i128;
            match dtype.kind() {
                Kind::Float | Kind::Complex => Literal::from_complexes(aval, (0..n).map(z)),
                _ => Literal::from_ints(aval, (0..n).map(|i| (i * 7 + seed) % 11 - 5)),
            }
        };
        let mut samples = vec![];
        let mut add = |summed, x: &[usize], y: &[usize], sizes: (&[usize], &[i32]), dtype: DType, out: DType| {
            let op = RaggedDot { summed, precision: Precision::Default, dtype: out };
            let sizes = Literal::new(sizes.0, sizes.1);
            samples.push(Sample::new(op, &[array(x, dtype, 1), array(y, dtype, 4), sizes]));
        };
        for d in [DType::F32, DType::F64, DType::C64, DType::I32] {
            add(false, &[5, 2], &[3, 2, 3], (&[3], &[2, 0, 3]), d, d);
            add(true, &[2, 5], &[5, 3], (&[3], &[2, 0, 3]), d, d);
        }
        let f = DType::F32;
        // Fewer rows in groups than there are, and more.
        add(false, &[4, 2], &[2, 2, 3], (&[2], &[1, 2]), f, f);
        add(false, &[4, 2], &[2, 2, 3], (&[2], &[3, 4]), f, f);
        add(true, &[2, 4], &[4, 3], (&[2], &[1, 2]), f, f);
        add(false, &[2, 3, 2], &[2, 2, 2, 3], (&[2, 2], &[1, 2, 0, 3]), f, f);
        add(false, &[2, 3, 2], &[2, 2, 3], (&[2, 2], &[1, 2, 0, 3]), f, f);
        add(false, &[2, 2, 3, 2], &[2, 2, 2, 1], (&[2, 2, 2], &[1, 2, 0, 3, 2, 1, 1, 1]), f, f);
        add(true, &[2, 2, 3], &[2, 3, 2], (&[2, 2], &[1, 2, 0, 3]), f, f);
        add(false, &[4, 2], &[2, 2, 3], (&[2], &[1, 3]), DType::BF16, f);
        add(false, &[4, 0], &[2, 0, 3], (&[2], &[1, 3]), f, f);
        add(false, &[0, 2], &[2, 2, 3], (&[2], &[0, 0]), f, f);
        add(true, &[2, 3], &[3, 2], (&[0], &[]), f, f);
        samples
    }
}
/// Which axes a ragged product sums over, takes in step, and divides into groups: the fields of JAX's `RaggedDotDimensionNumbers`.
#[derive(Clone, Debug, Default)]
pub struct RaggedDims {
    /// The axes of the first operand to sum over.
    pub lhs_contract: Axes,
    /// The axes of the second operand to sum over, in the same order.
    pub rhs_contract: Axes,
    /// Axes of the first operand that go in step with those of the second.
    pub lhs_batch: Axes,
    /// Axes of the second operand that go in step with those of the first.
    pub rhs_batch: Axes,
    /// The axis of the first operand that is divided into groups.
    pub lhs_ragged: usize,
    /// The axis of the second operand that numbers the groups, if the divided axis is one of rows.
    pub rhs_group: Option<usize>,
}
impl Tracer {
    /// The product of rows `[m, k]` with matrices `[g, k, n]`: the rows fall into `g` consecutive groups, whose sizes are the integers
    /// `[g]`, and each group is multiplied by its own matrix, giving `[m, n]`. Rows behind the last group give 0. As `jax.lax.ragged_dot`.
    ///
    /// # Panics
    /// Inside the trace, if shapes or dtypes do not fit.
    ///
    /// ```
    /// use raxla_ir::{Literal, eval::eval, trace::trace};
    /// let x = Literal::new(&[3, 1], &[1.0f32, 2.0, 3.0]);
    /// let y = Literal::new(&[2, 1, 1], &[10.0f32, 100.0]);
    /// let sizes = Literal::from(vec![1i32, 2]);
    /// let program = trace(&[&x, &y, &sizes].map(|l| l.aval().clone()), |a| vec![a[0].ragged_dot(a[1], a[2])]);
    /// assert_eq!(eval(&program.program, &[x, y, sizes]).unwrap(), [Literal::new(&[3, 1], &[10.0f32, 200.0, 300.0])]);
    /// ```
    #[track_caller]
    pub fn ragged_dot(self, matrices: Tracer, group_sizes: Tracer) -> Tracer {
        let op = RaggedDot { summed: false, precision: Precision::Default, dtype: self.dtype() };
        bind1(op, &[self, matrices, group_sizes])
    }
    /// The ragged product over any axes, as `jax.lax.ragged_dot_general`; sums are accumulated in `dtype`.
    ///
    /// Three forms, by the axis that is divided into groups: one of the first operand's own, where the second operand has an axis of groups,
    /// gives the axes of the general dot product, without that of groups; a summed one gives an axis of groups in front of those; a batch
    /// axis gives the general dot product itself. `group_sizes` are `[g]`, or `[…, g]` with all axes that stand before the divided one: the
    /// batch axes, then those of the first operand's own (or summed) ones, in order.
    ///
    /// # Panics
    /// Inside the trace, if axes, shapes or dtypes do not fit.
    #[track_caller]
    pub fn ragged_dot_general(
        self,
        other: Tracer,
        group_sizes: Tracer,
        dims: &RaggedDims,
        precision: Precision,
        dtype: DType,
    ) -> Tracer {
        let dot = DotGeneral {
            lhs_contract: dims.lhs_contract.clone(),
            rhs_contract: dims.rhs_contract.clone(),
            lhs_batch: dims.lhs_batch.clone(),
            rhs_batch: dims.rhs_batch.clone(),
            precision,
            dtype,
        };
        general(self, other, group_sizes, dims, dot)
    }
}
/// The axes of an array of that rank that are in none of the lists.
fn others(rank: usize, taken: &[&[usize]]) -> Axes {
    (0..rank).filter(|a| !taken.iter().any(|t| t.contains(a))).collect()
}
fn sizes_of(x: Tracer, axes: &[usize]) -> Shape {
    let shape = x.shape();
    axes.iter().map(|a| shape[*a]).collect()
}
/// The array with its axes in groups, each made one.
fn grouped(x: Tracer, groups: &[&[usize]]) -> Tracer {
    let order = groups.concat();
    let sizes: Shape = groups.iter().map(|g| sizes_of(x, g).iter().product()).collect();
    x.transpose_axes(&order).reshape(&sizes)
}
#[track_caller]
fn general(x: Tracer, y: Tracer, sizes: Tracer, dims: &RaggedDims, dot: DotGeneral) -> Tracer {
    let (rank, ragged) = (x.rank(), dims.lhs_ragged);
    // The second operand without the axis of groups must fit the first.
    let (one, mut other, mut without) = (x.aval(), y.aval(), dot.clone());
    if let Some(group) = dims.rhs_group {
        or_fail(
            "ragged_dot_general",
            check_axes(&[&[group], &dims.rhs_contract[..], &dims.rhs_batch].concat(), y.rank()),
        );
        other.shape.remove(group);
        for axis in without.rhs_contract.iter_mut().chain(&mut without.rhs_batch) {
            *axis -= usize::from(*axis > group);
        }
    }
    or_fail("ragged_dot_general", check_axes(&[ragged], rank));
    let out = or_fail("ragged_dot_general", without.infer(&[&one, &other])).remove(0).shape;
    if dims.lhs_batch.contains(&ragged) {
        return bind1(dot, &[x, y]);
    }
    let summed = dims.lhs_contract.iter().position(|a| *a == ragged);
    if summed.is_some() == dims.rhs_group.is_some() {
        fail(format!(
            "ragged_dot_general: the second operand has an axis of groups if and only if the divided axis {ragged} of {one} is one of its own"
        ));
    }
    let own = others(rank, &[&dims.lhs_contract, &dims.lhs_batch]);
    // The axes among which the divided one stands: those before it have sizes of their own; those behind it belong to its elements.
    let among: &[usize] = if summed.is_some() { &dims.lhs_contract } else { &own };
    let place = among.iter().position(|a| *a == ragged).unwrap_or(0);
    let (before, divided) = among.split_at(place);
    let front: Axes = dims.lhs_batch.iter().chain(before).copied().collect();
    if !sizes.dtype().is_integer() {
        fail(format!("ragged_dot_general: sizes of groups must be integers, got {}", sizes.aval()));
    }
    let (front_sizes, g) = (sizes_of(x, &front), *sizes.shape().last().unwrap_or(&0));
    let wanted = [&front_sizes[..], &[g]].concat();
    let sizes = match sizes.rank() {
        1 => sizes.broadcast(&wanted, &[front.len()]),
        _ if sizes.shape()[..] == wanted[..] => sizes,
        _ => {
            fail(format!("ragged_dot_general: sizes of groups must be [g] or {}, got {}", Dims(&wanted), sizes.aval()))
        }
    };
    let within: usize = sizes_of(x, &divided[1..]).iter().product();
    let sizes = counted(sizes);
    let sizes = sizes * constant(Literal::full(ShapedArray::new(&[], sizes.dtype()), within as f64));
    let sizes = |front: &[usize]| sizes.reshape(&[front, &[g]].concat());
    let op = RaggedDot { summed: summed.is_some(), precision: dot.precision, dtype: dot.dtype };
    let y_own = others(y.rank(), &[&dims.rhs_contract, &dims.rhs_batch, dims.rhs_group.as_slice()]);
    match dims.rhs_group {
        Some(group) => {
            let y = grouped(y, &[&dims.rhs_batch, &[group], &dims.rhs_contract, &y_own]);
            let x = grouped(x, &[&dims.lhs_batch, before, divided, &dims.lhs_contract]);
            let sizes = sizes(&x.shape()[..2]);
            bind1(op, &[x, y, sizes]).reshape(&out)
        }
        None => {
            let (y_before, y_divided) = dims.rhs_contract.split_at(place);
            let (x, y) = (
                grouped(x, &[&dims.lhs_batch, before, &own, divided]),
                grouped(y, &[&dims.rhs_batch, y_before, y_divided, &y_own]),
            );
            let sizes = sizes(&x.shape()[..2]);
            let sums = bind1(op, &[x, y, sizes]).sum_axes(1).moveaxis(1, 0);
            sums.reshape(&[&[g], &out[..]].concat())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{eval::eval, trace::trace};

    fn numbers(shape: &[usize]) -> Literal {
        let aval = ShapedArray::new(shape, DType::F64);
        Literal::from_floats(aval.clone(), (0..aval.size()).map(|i| ((i * 7) % 11) as f64 - 5.0))
    }
    /// The general product and, for one set of sizes, what its definition says: products of the parts that are left of a masked operand.
    fn check(x: &[usize], y: &[usize], dims: RaggedDims, sizes: &[i8]) {
        let (g, dtype) = (sizes.len(), DType::F64);
        let ins = [numbers(x), numbers(y), Literal::new(&[g], sizes)];
        let dot = DotGeneral {
            lhs_contract: dims.lhs_contract.clone(),
            rhs_contract: dims.rhs_contract.clone(),
            lhs_batch: dims.lhs_batch.clone(),
            rhs_batch: dims.rhs_batch.clone(),
            precision: Precision::Default,
            dtype,
        };
        let program = trace(&ins.each_ref().map(|l| l.aval().clone()), |a| {
            let general = a[0].ragged_dot_general(a[1], a[2], &dims, Precision::Default, dtype);
            let part = |i: usize| {
                let start: i8 = sizes[..i].iter().sum();
                let (from, to) = (start as usize, (start + sizes[i]) as usize);
                let within = |n| {
                    Literal::from_ints(
                        ShapedArray::new(&[n], dtype),
                        (0..n).map(|m| i128::from((from..to).contains(&m))),
                    )
                };
                let masked = a[0] * constant(within(x[dims.lhs_ragged])).broadcast(x, &[dims.lhs_ragged]);
                match dims.rhs_group {
                    None => bind1(dot.clone(), &[masked, a[1]]).expand_dims(0),
                    Some(group) => {
                        let own = others(y.len(), &[&[group]]);
                        let matrix = a[1].slice_axis(group as isize, i, i + 1).reshape(&sizes_of(a[1], &own));
                        let down = |axes: &Axes| axes.iter().map(|a| a - usize::from(*a > group)).collect();
                        let dot = DotGeneral {
                            rhs_contract: down(&dot.rhs_contract),
                            rhs_batch: down(&dot.rhs_batch),
                            ..dot.clone()
                        };
                        bind1(dot, &[masked, matrix]).expand_dims(0)
                    }
                }
            };
            let parts = concatenate::concatenate(&(0..g).map(part).collect::<Vec<_>>(), 0);
            vec![general, if dims.rhs_group.is_some() { parts.sum_axes(0) } else { parts }]
        });
        let outs = eval(&program.program, &ins).expect("a value");
        assert_eq!(outs[0], outs[1], "{x:?} {y:?} {dims:?}");
    }
    #[test]
    fn general_products_are_sums_over_masked_operands() {
        // Axes of the first operand before and behind the divided one, in odd orders.
        let rows = RaggedDims {
            lhs_contract: smallvec![0, 5],
            rhs_contract: smallvec![3, 1],
            lhs_batch: smallvec![2],
            rhs_batch: smallvec![4],
            lhs_ragged: 3,
            rhs_group: Some(2),
        };
        check(&[2, 3, 2, 4, 2, 3], &[2, 3, 2, 2, 2], rows.clone(), &[1, 2]);
        check(&[2, 3, 2, 4, 2, 3], &[2, 3, 3, 2, 2], rows, &[2, 0, 2]);
        let sums = RaggedDims {
            lhs_contract: smallvec![3, 1, 0],
            rhs_contract: smallvec![0, 2, 4],
            lhs_batch: smallvec![4],
            rhs_batch: smallvec![3],
            lhs_ragged: 1,
            rhs_group: None,
        };
        check(&[2, 4, 3, 2, 2], &[2, 3, 4, 2, 2], sums, &[1, 3]);
    }
}
