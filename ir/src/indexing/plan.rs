//! [`Plan`]: what an index means for an array of a certain shape, by NumPy's rules.

use super::{Index, IndexMode};
use crate::{
    aval::{Shape, ShapedArray},
    dtype::DType,
    literal::Literal,
    operand::broadcast_shapes,
    primitives::gather::GatherMode,
    trace::Tracer,
};
use smallvec::smallvec;

/// Where an integer index points: known while tracing and inside the array, known but anywhere, or computed.
#[derive(Clone, Debug)]
pub(super) enum Position {
    Fixed(usize),
    Known(Shape, Vec<i128>),
    Computed(Tracer),
}
impl Position {
    pub(super) fn shape(&self) -> Shape {
        match self {
            Position::Fixed(_) => smallvec![],
            Position::Known(shape, _) => shape.clone(),
            Position::Computed(t) => t.shape(),
        }
    }
    pub(super) fn computed(&self) -> Option<Tracer> {
        match self {
            Position::Computed(t) => Some(*t),
            _ => None,
        }
    }
}
/// What an item of the index does.
#[derive(Clone, Debug)]
pub(super) enum Entry {
    New,
    Slice {
        axis: usize,
        start: usize,
        step: isize,
        len: usize,
    },
    /// Integers count along an axis; a scalar mask counts along none.
    At {
        axis: Option<usize>,
        position: Position,
    },
}
/// An axis of the result.
#[derive(Clone, Copy, Debug)]
pub(super) enum Out {
    New,
    /// An axis of the broadcast integer indices.
    Loop(usize),
    Slice {
        axis: usize,
        start: usize,
        step: isize,
        len: usize,
    },
}
impl Out {
    /// The least element that a slice takes, and the distance from it to after the greatest.
    pub(super) fn hull(start: usize, step: isize, len: usize) -> (usize, usize) {
        let reach = len.saturating_sub(1) * step.unsigned_abs();
        (if step < 0 { start - reach } else { start }, if len == 0 { 0 } else { reach + 1 })
    }
}

/// The resolved index.
pub(super) struct Plan {
    /// The type of the array.
    pub(super) aval: ShapedArray,
    pub(super) entries: Vec<Entry>,
    /// The shape that integer indices have together.
    pub(super) loops: Shape,
    /// Whether the axes of that shape come first, since basic items stand between the integer ones.
    front: bool,
    /// Whether everything is out of bounds, in a mode where that is no error.
    pub(super) dropped: bool,
    /// What happens at computed indices out of bounds.
    pub(super) mode: GatherMode,
    /// Whether indices are taken modulo the size.
    pub(super) modulo: bool,
    /// Whether negative indices count from the end.
    pub(super) from_end: bool,
}
impl Plan {
    /// Resolves an index. Without a mode, integers out of bounds are errors, and computed ones behave as in `default`.
    pub(super) fn new(
        aval: ShapedArray,
        items: &[Index],
        mode: Option<IndexMode>,
        default: GatherMode,
        from_end: bool,
    ) -> Result<Plan, String> {
        let gather_mode = match mode {
            None => default,
            Some(IndexMode::Clip) => GatherMode::Clip,
            Some(IndexMode::FillOrDrop) => GatherMode::FillOrDrop,
            Some(IndexMode::PromiseInBounds | IndexMode::Wrap) => GatherMode::PromiseInBounds,
        };
        let modulo = mode == Some(IndexMode::Wrap);
        let (entries, loops) = (vec![], smallvec![]);
        let mut plan = Plan { aval, entries, loops, front: false, dropped: false, mode: gather_mode, modulo, from_end };
        let strict = matches!(mode, None | Some(IndexMode::PromiseInBounds));
        plan.resolve(items, strict)?;
        plan.simplify();
        Ok(plan)
    }
    fn resolve(&mut self, items: &[Index], strict: bool) -> Result<(), String> {
        let shape = self.aval.shape.clone();
        let takes = |i: &Index| match i {
            Index::Integer(_) | Index::Slice(_) => 1,
            Index::NewAxis | Index::Ellipsis => 0,
            Index::Array(l) => {
                if l.dtype() == DType::Bool {
                    l.shape().len()
                } else {
                    1
                }
            }
            Index::Tracer(t) => {
                if t.dtype() == DType::Bool {
                    t.rank()
                } else {
                    1
                }
            }
        };
        let taken: usize = items.iter().map(takes).sum();
        let Some(rest) = shape.len().checked_sub(taken) else {
            return Err(format!("too many indices: {taken} for {}", self.aval));
        };
        let ellipses = items.iter().filter(|i| matches!(i, Index::Ellipsis)).count();
        if ellipses > 1 {
            return Err(format!("an index has at most one ellipsis, got {ellipses}"));
        }
        let mut axis = 0;
        for item in items.iter().chain((ellipses == 0).then_some(&Index::Ellipsis)) {
            match item {
                Index::NewAxis => self.entries.push(Entry::New),
                Index::Ellipsis => {
                    for axis in axis..axis + rest {
                        self.entries.push(Entry::Slice { axis, start: 0, step: 1, len: shape[axis] });
                    }
                    axis += rest;
                }
                Index::Slice(slice) => {
                    let (start, step, len) = slice.resolve(shape[axis])?;
                    self.entries.push(Entry::Slice { axis, start, step, len });
                }
                Index::Integer(i) => self.integer(*i, axis, strict)?,
                Index::Array(i) if i.dtype().is_integer() && i.shape().is_empty() => {
                    self.integer(i.ints()[0], axis, strict)?
                }
                Index::Array(mask) if mask.dtype() == DType::Bool => self.mask(mask, axis)?,
                Index::Array(indices) => {
                    if !indices.dtype().is_integer() {
                        return Err(format!("an index takes integers or bools, got {}", indices.aval()));
                    }
                    let position = Position::Known(indices.shape().into(), indices.ints());
                    self.entries.push(Entry::At { axis: Some(axis), position });
                }
                Index::Tracer(t) if t.dtype() == DType::Bool => {
                    return Err(format!(
                        "the mask {} is computed, so that the shape of the result is not known; take the indices of its elements with \
                         `nonzero(size=…)`, or choose with `select`",
                        t.aval()
                    ));
                }
                Index::Tracer(t) => {
                    if !t.dtype().is_integer() {
                        return Err(format!("an index takes integers or bools, got {}", t.aval()));
                    }
                    self.entries.push(Entry::At { axis: Some(axis), position: Position::Computed(*t) });
                }
            }
            axis += takes(item);
        }
        for entry in &self.entries {
            let Entry::At { axis, position } = entry else { continue };
            let shape = position.shape();
            self.loops = broadcast_shapes(&self.loops, &shape)
                .map_err(|_| format!("the indices must broadcast together, got {}", self.shapes()))?;
            if axis.is_some_and(|a| self.aval.shape[a] == 0) && shape.iter().all(|n| *n > 0) {
                if self.mode != GatherMode::FillOrDrop {
                    return Err(format!("axis {} of {} has no elements", axis.unwrap_or(0), self.aval));
                }
                self.dropped = true;
            }
        }
        let integer = |i: &Index| matches!(i, Index::Integer(_) | Index::Array(_) | Index::Tracer(_));
        let places: Vec<usize> = (0..items.len()).filter(|i| integer(&items[*i])).collect();
        self.front = places.windows(2).any(|w| w[1] != w[0] + 1);
        Ok(())
    }
    fn shapes(&self) -> String {
        let each = self.entries.iter().filter_map(|e| match e {
            Entry::At { position, .. } => Some(crate::aval::Dims(&position.shape()).to_string()),
            _ => None,
        });
        each.collect::<Vec<_>>().join(" and ")
    }
    fn integer(&mut self, i: i128, axis: usize, strict: bool) -> Result<(), String> {
        let inside = self.inside(i, axis, strict)?;
        self.dropped |= inside.is_none();
        self.entries.push(Entry::At { axis: Some(axis), position: Position::Fixed(inside.unwrap_or(0)) });
        Ok(())
    }
    /// A known index as one from the start of the axis; `None` if it is out of bounds in a mode where that is no error.
    fn inside(&self, i: i128, axis: usize, strict: bool) -> Result<Option<usize>, String> {
        let size = self.aval.shape[axis] as i128;
        let at = self.normal(i, axis);
        if (0..size).contains(&at) {
            return Ok(Some(at as usize));
        }
        if strict || (size == 0 && self.mode != GatherMode::FillOrDrop) {
            return Err(format!("index {i} is out of bounds for axis {axis} of {}", self.aval));
        }
        Ok((self.mode == GatherMode::Clip).then_some(at.clamp(0, size - 1) as usize))
    }
    /// A known index with what negative numbers and the mode mean applied, which may still be out of bounds.
    pub(super) fn normal(&self, i: i128, axis: usize) -> i128 {
        let size = self.aval.shape[axis] as i128;
        match i {
            _ if self.modulo && size > 0 => i.rem_euclid(size),
            _ if self.from_end && i < 0 => i + size,
            _ => i,
        }
    }
    /// A known mask is the indices of its elements.
    fn mask(&mut self, mask: &Literal, axis: usize) -> Result<(), String> {
        let (shape, bits) = (mask.shape(), mask.ints());
        if self.aval.shape[axis..axis + shape.len()] != *shape {
            return Err(format!("the mask {} does not fit {} at axis {axis}", mask.aval(), self.aval));
        }
        let mut found = vec![vec![]; shape.len()];
        let mut element = 0;
        crate::literal::for_each_index(shape, |index| {
            if bits[element] != 0 {
                found.iter_mut().zip(index).for_each(|(f, i)| f.push(*i as i128));
            }
            element += 1;
        });
        let count = bits.iter().filter(|b| **b != 0).count();
        if shape.is_empty() {
            let position = Position::Known(smallvec![count], vec![0; count]);
            self.entries.push(Entry::At { axis: None, position });
        }
        for (i, values) in found.into_iter().enumerate() {
            let position = Position::Known(smallvec![count], values);
            self.entries.push(Entry::At { axis: Some(axis + i), position });
        }
        Ok(())
    }
    /// Says the same with cheaper items: known indices in arithmetic progression are a slice, scalar masks that hold a new axis.
    fn simplify(&mut self) {
        let at: Vec<usize> = (0..self.entries.len()).filter(|i| matches!(self.entries[*i], Entry::At { .. })).collect();
        let no_axis = |i: &usize| matches!(self.entries[*i], Entry::At { axis: None, .. });
        if !at.is_empty() && at.iter().all(no_axis) && self.loops[..] == [1] {
            let first = if self.front { 0 } else { at[0] };
            self.entries.retain(|e| !matches!(e, Entry::At { .. }));
            self.entries.insert(first, Entry::New);
            self.loops = smallvec![];
        } else if let [i] = at[..]
            && let Entry::At { axis: Some(axis), position: Position::Known(shape, values) } = &self.entries[i]
            && shape.len() == 1
        {
            let (axis, size) = (*axis, self.aval.shape[*axis] as i128);
            let values: Vec<i128> = values.iter().map(|v| self.normal(*v, axis)).collect();
            let step = if values.len() > 1 { values[1] - values[0] } else { 1 };
            let even = step != 0 && values.windows(2).all(|w| w[1] - w[0] == step);
            if even && values.iter().all(|v| (0..size).contains(v)) {
                let start = values.first().map_or(0, |v| *v as usize);
                self.entries[i] = Entry::Slice { axis, start, step: step as isize, len: values.len() };
                self.loops = smallvec![];
            }
        }
    }

    /// The axes of the result.
    pub(super) fn outs(&self) -> Vec<Out> {
        let mut outs: Vec<Out> = vec![];
        let mut waiting = !self.loops.is_empty();
        for (i, entry) in self.entries.iter().enumerate() {
            let here = (self.front && i == 0) || matches!(entry, Entry::At { .. });
            if here && std::mem::take(&mut waiting) {
                outs.extend((0..self.loops.len()).map(Out::Loop));
            }
            match *entry {
                Entry::New => outs.push(Out::New),
                Entry::Slice { axis, start, step, len } => outs.push(Out::Slice { axis, start, step, len }),
                Entry::At { .. } => {}
            }
        }
        outs
    }
    /// The shape of the result.
    pub(super) fn shape(&self) -> Shape {
        let size = |o: &Out| match o {
            Out::New => 1,
            Out::Loop(k) => self.loops[*k],
            Out::Slice { len, .. } => *len,
        };
        self.outs().iter().map(size).collect()
    }
    /// The integer indices, by the axis that they count along.
    pub(super) fn integers(&self) -> impl Iterator<Item = (usize, &Position)> {
        self.entries.iter().filter_map(|e| match e {
            Entry::At { axis: Some(axis), position } => Some((*axis, position)),
            _ => None,
        })
    }
    /// Whether some index is computed.
    pub(super) fn computed(&self) -> bool {
        self.integers().any(|(_, p)| p.computed().is_some())
    }
    /// Whether some integer index is an array of rank 1 or more.
    pub(super) fn arrays(&self) -> bool {
        self.entries.iter().any(|e| matches!(e, Entry::At { position, .. } if !position.shape().is_empty()))
    }
    /// Whether the places of all elements are known.
    pub(super) fn is_static(&self) -> bool {
        !self.arrays() && !self.computed()
    }
    /// Whether some slice leaves gaps.
    pub(super) fn strided(&self) -> bool {
        self.entries.iter().any(|e| matches!(e, Entry::Slice { step, .. } if step.unsigned_abs() > 1))
    }
    /// Whether the result is a box of the array that a dynamic slice can take: one that is moved inside, or known to be there.
    pub(super) fn is_box(&self) -> bool {
        !self.arrays() && (!self.computed() || self.mode != GatherMode::FillOrDrop)
    }
    /// Whether the result has every element of the array once.
    pub(super) fn is_whole(&self) -> bool {
        self.entries.iter().all(|e| match e {
            Entry::New => true,
            Entry::Slice { axis, step, len, .. } => *len == self.aval.shape[*axis] && step.unsigned_abs() == 1,
            Entry::At { .. } => false,
        })
    }
    /// The box around the elements of an index without arrays: its start where that is known, and its sizes.
    pub(super) fn bounds(&self) -> (Shape, Shape) {
        let (mut start, mut sizes): (Shape, Shape) = (smallvec![0; self.aval.rank()], self.aval.shape.clone());
        for entry in &self.entries {
            match entry {
                Entry::New => {}
                Entry::Slice { axis, start: s, step, len } => (start[*axis], sizes[*axis]) = Out::hull(*s, *step, *len),
                Entry::At { axis, position } => {
                    if let Some(axis) = *axis {
                        sizes[axis] = 1;
                        if let Position::Fixed(i) = position {
                            start[axis] = *i;
                        }
                    }
                }
            }
        }
        (start, sizes)
    }
}
