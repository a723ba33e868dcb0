//! An index as the dimension numbers and index vectors of a gather or a scatter.

use super::plan::{Out, Plan, Position};
use crate::{
    aval::{Axes, Shape, ShapedArray},
    dtype::{DType, Kind},
    literal::{Literal, for_each_index, int_range, strides},
    primitives::{
        Binary, Select,
        concatenate::concatenate,
        gather::{GatherDims, GatherMode},
    },
    trace::{Tracer, bind1, constant},
};
use smallvec::smallvec;

/// One element of the index vectors: the axis that it counts along, and its value over some of the loops.
struct Column {
    axis: usize,
    position: Position,
    /// The loop of each axis of the position.
    loops: Axes,
}
/// A gather's or a scatter's view of an index. Its slices have the axes of the result but the new ones.
pub(super) struct Vectors {
    pub(super) dims: GatherDims,
    /// The size of the window along each axis of the array.
    pub(super) window: Shape,
    pub(super) mode: GatherMode,
    pub(super) sorted: bool,
    pub(super) unique: bool,
    pub(super) indices: Tracer,
}
impl Vectors {
    /// The vectors of a plan. Slices with gaps are loops, or with `hulls` one window that holds the gaps too.
    #[track_caller]
    pub(super) fn of(plan: &Plan, hulls: bool) -> Vectors {
        let rank = plan.aval.rank();
        let (mut dims, mut window): (GatherDims, Shape) = (GatherDims::default(), smallvec![1; rank]);
        let (mut loops, mut columns, mut integers): (Shape, Vec<Column>, Axes) = (smallvec![], vec![], smallvec![]);
        let outs = plan.outs().into_iter().filter(|o| !matches!(o, Out::New));
        let mut descending = false;
        for (place, out) in outs.enumerate() {
            match out {
                Out::New => {}
                Out::Loop(k) => {
                    integers.push(loops.len());
                    loops.push(plan.loops[k]);
                }
                Out::Slice { axis, start, step, len } if step.unsigned_abs() > 1 && !hulls => {
                    let at = (0..len as i128).map(|i| start as i128 + i * step as i128).collect();
                    let position = Position::Known(smallvec![len], at);
                    columns.push(Column { axis, position, loops: smallvec![loops.len()] });
                    dims.collapsed_slice_dims.push(axis);
                    loops.push(len);
                    descending |= step < 0;
                }
                Out::Slice { axis, start, step, len } => {
                    let (low, size) = Out::hull(start, step, len);
                    window[axis] = size;
                    dims.offset_dims.push(place);
                    if low > 0 {
                        columns.push(Column { axis, position: Position::Fixed(low), loops: smallvec![] });
                    }
                }
            }
        }
        for (axis, position) in plan.integers() {
            let rank = position.shape().len();
            let loops = integers[integers.len() - rank..].into();
            columns.push(Column { axis, position: position.clone(), loops });
            dims.collapsed_slice_dims.push(axis);
        }
        columns.sort_by_key(|c| c.axis);
        dims.collapsed_slice_dims.sort_unstable();
        dims.start_index_map = columns.iter().map(|c| c.axis).collect();
        if !plan.computed() {
            return known(plan, &columns, &loops, dims, window);
        }
        let (sorted, unique) = (!plan.arrays() && !descending, !plan.arrays());
        let indices = computed(plan, &columns, &loops);
        Vectors { dims, window, mode: plan.mode, sorted, unique, indices }
    }
}

/// All is known: the index vectors are a constant, of which one can see what is promised elsewhere.
#[track_caller]
fn known(plan: &Plan, columns: &[Column], loops: &[usize], dims: GatherDims, window: Shape) -> Vectors {
    let mut all: Vec<i128> = vec![];
    let values: Vec<(Vec<i128>, Shape)> = columns
        .iter()
        .map(|c| match &c.position {
            Position::Known(shape, values) => {
                (values.iter().map(|v| plan.normal(*v, c.axis)).collect(), spread(&strides(shape), shape))
            }
            Position::Fixed(i) => (vec![*i as i128], smallvec![]),
            Position::Computed(_) => (vec![], smallvec![]),
        })
        .collect();
    for_each_index(loops, |index| {
        for (column, (values, strides)) in columns.iter().zip(&values) {
            let at: usize = column.loops.iter().zip(strides).map(|(l, s)| index[*l] * s).sum();
            all.push(values[at]);
        }
    });
    let wide = all.iter().any(|v| i32::try_from(*v).is_err());
    let inside = columns.iter().enumerate().all(|(k, c)| {
        let bound = (plan.aval.shape[c.axis] - window[c.axis]) as i128;
        all.iter().skip(k).step_by(columns.len()).all(|v| (0..=bound).contains(v))
    });
    let mut vectors: Vec<&[i128]> = all.chunks(columns.len().max(1)).collect();
    let sorted = vectors.is_sorted();
    vectors.sort_unstable();
    let unique = vectors.windows(2).all(|w| w[0] != w[1]);
    let shape: Shape = loops.iter().copied().chain([columns.len()]).collect();
    let indices =
        Literal::from_ints(ShapedArray::new(&shape, if wide { DType::I64 } else { DType::I32 }), all.iter().copied());
    let mode = if inside { GatherMode::PromiseInBounds } else { plan.mode };
    // Moved inside, different indices may become equal.
    let unique = unique && (inside || mode == GatherMode::FillOrDrop);
    Vectors { dims, window, mode, sorted, unique, indices: constant(indices) }
}
/// Strides with which axes of size 1 broadcast.
fn spread(strides: &[usize], shape: &[usize]) -> Shape {
    strides.iter().zip(shape).map(|(s, n)| if *n == 1 { 0 } else { *s }).collect()
}

/// Some are computed: each column is broadcast, and negative ones are brought to the front, one by one or all together.
#[track_caller]
fn computed(plan: &Plan, columns: &[Column], loops: &[usize]) -> Tracer {
    let dtype = dtype(plan, columns.iter().map(|c| (c.axis, &c.position)), columns.len() > 1);
    let together = columns.iter().filter(|c| c.position.computed().is_some()).count() > 1;
    let mut wide: Shape = loops.into();
    wide.push(1);
    let mut parts = vec![];
    for column in columns {
        let part = match &column.position {
            Position::Computed(t) if together => t.astype(dtype),
            Position::Computed(t) => normal(plan, t.astype(dtype), &[plan.aval.shape[column.axis]]),
            Position::Fixed(i) => constant(Literal::from_ints(ShapedArray::new(&[], dtype), [*i as i128])),
            Position::Known(shape, values) => {
                let values = values.iter().map(|v| if together { *v } else { plan.normal(*v, column.axis) });
                constant(Literal::from_ints(ShapedArray::new(shape, dtype), values))
            }
        };
        let covers = column.loops.len() == loops.len() && part.shape()[..] == *loops;
        parts.push(if covers { part.reshape(&wide) } else { part.broadcast(&wide, &column.loops) });
    }
    let vectors = if parts.len() == 1 { parts[0] } else { concatenate(&parts, -1) };
    if !together {
        return vectors;
    }
    let sizes: Vec<usize> = columns.iter().map(|c| plan.aval.shape[c.axis]).collect();
    normal(plan, vectors, &sizes)
}
/// A dtype for several indices that holds all of them and the sizes of their axes; a lone one keeps its own if that is enough.
pub(super) fn dtype<'a>(plan: &Plan, positions: impl Iterator<Item = (usize, &'a Position)>, several: bool) -> DType {
    let (mut wide, mut own) = (false, None);
    for (axis, position) in positions {
        let size = plan.aval.shape[axis] as i128;
        let narrow = i32::MIN as i128..=i32::MAX as i128;
        wide |= !narrow.contains(&size);
        match position {
            Position::Computed(t) => {
                let dtype = t.dtype();
                wide |= matches!(dtype, DType::I64 | DType::U64 | DType::U32);
                own = (int_range(dtype).1 >= size).then_some(dtype);
            }
            Position::Known(_, values) => wide |= values.iter().any(|v| !narrow.contains(v)),
            Position::Fixed(_) => {}
        }
    }
    match own {
        Some(own) if !several => own,
        _ if wide => DType::I64,
        _ => DType::I32,
    }
}
/// Computed indices from the start of the axis: `i + size` where they are negative, after `i rem size` in the mode that wraps. `sizes` are
/// those along the last axis, or one.
#[track_caller]
pub(super) fn normal(plan: &Plan, i: Tracer, sizes: &[usize]) -> Tracer {
    let signed = i.dtype().kind() == Kind::Signed;
    let counts_from_end = plan.from_end && signed;
    if !plan.modulo && !counts_from_end {
        return i;
    }
    let aval = i.aval();
    let sizes = match sizes {
        [one] => Literal::from_ints(aval.strong().with_shape(&[]), [*one as i128]),
        each => Literal::from_ints(aval.strong().with_shape(&[each.len()]), each.iter().map(|n| *n as i128)),
    };
    let last: Axes = (aval.rank() - sizes.shape().len()..aval.rank()).collect();
    let sizes = constant(sizes).broadcast(&aval.shape, &last);
    let i = if plan.modulo { bind1(Binary::Rem, &[i, sizes]) } else { i };
    if !signed {
        return i;
    }
    bind1(Select, &[i.less(i.full_like(0.0)), bind1(Binary::Add, &[i, sizes]), i])
}
