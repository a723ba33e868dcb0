//! Signals cut into segments, of which each is weighed by a window and transformed; and segments laid over one another again.

use super::{Detrend, Window};
use crate::{
    fft::{self, Norm},
    numpy::{Arg, promotion::inexact},
};
use raxla_ir::{
    DType, Literal, ShapedArray, Tracer,
    aval::resolve_axis,
    primitives::gather::{GatherDims, GatherMode},
    trace::{constant, fail, or_fail},
};

/// The lengths of segments, as they were asked for.
#[derive(Clone, Copy)]
pub(super) struct Lengths {
    pub nperseg: Option<usize>,
    pub noverlap: Option<usize>,
    pub nfft: Option<usize>,
}
/// How signals are cut and transformed, settled. Signals are along the last axis.
pub(super) struct Segments {
    pub name: &'static str,
    /// The weights of the samples of a segment.
    pub window: Tracer,
    pub nperseg: usize,
    /// From the beginning of one segment to that of the next.
    pub step: usize,
    pub nfft: usize,
    /// Whether frequencies below 0, of which the coefficients are conjugates, are left out.
    pub onesided: bool,
}
impl Segments {
    /// For signals of `size` samples and a dtype.
    #[track_caller]
    pub fn new(
        name: &'static str,
        window: &Window,
        lengths: Lengths,
        size: usize,
        dtype: DType,
        onesided: bool,
    ) -> Segments {
        let nperseg = match (window, lengths.nperseg) {
            (Window::Array(w), None) => w.size(),
            (Window::Array(_), Some(n)) => n,
            (_, n) => n.unwrap_or(256).min(size),
        };
        if nperseg == 0 || nperseg > size {
            fail(format!("{name}: segments must have from 1 to {size} samples, as the signal has, got {nperseg}"));
        }
        Segments::settled(name, window, nperseg, lengths, dtype, onesided)
    }
    /// For segments of `nperseg` samples.
    #[track_caller]
    pub fn settled(
        name: &'static str,
        window: &Window,
        nperseg: usize,
        lengths: Lengths,
        dtype: DType,
        onesided: bool,
    ) -> Segments {
        let (overlap, nfft) = (lengths.noverlap.unwrap_or(nperseg / 2), lengths.nfft.unwrap_or(nperseg));
        if overlap >= nperseg {
            fail(format!("{name}: segments of {nperseg} samples cannot overlap by {overlap}"));
        }
        if nfft < nperseg {
            fail(format!(
                "{name}: the length of the transform must be at least {nperseg}, the samples of a segment, got {nfft}"
            ));
        }
        let window = window.weights(name, nperseg, true, dtype.real());
        Segments { name, window, nperseg, step: nperseg - overlap, nfft, onesided }
    }
    /// The number of segments in signals of `size` samples.
    pub fn count(&self, size: usize) -> usize {
        (size + self.step).saturating_sub(self.nperseg) / self.step
    }
    /// The frequencies of the transforms, in the unit of the sampling frequency.
    pub fn frequencies(&self, fs: f64, dtype: DType) -> Tracer {
        let of: fn(usize, f64, DType) -> Tracer = if self.onesided { fft::rfftfreq } else { fft::fftfreq };
        of(self.nfft, 1.0 / fs, dtype.real())
    }
    /// The transforms of the segments: `[…, time]` becomes `[…, segment, frequency]`.
    #[track_caller]
    pub fn transforms(&self, x: Tracer, detrend: Detrend) -> Tracer {
        let cut = detrend.apply(self.name, self.cut(x));
        let weighed = cut * self.window.astype(x.dtype()).broadcast_to(&cut.shape());
        if self.onesided {
            fft::rfft(weighed, self.nfft, -1, Norm::Backward)
        } else {
            fft::fft(weighed, self.nfft, -1, Norm::Backward)
        }
    }
    fn cut(&self, x: Tracer) -> Tracer {
        let (shape, axis) = (x.shape(), x.rank() - 1);
        let count = self.count(shape[axis]);
        let cut = [&shape[..axis], &[count, self.nperseg]].concat();
        if self.step == self.nperseg || count == 1 {
            return x.slice_axis(-1, 0, count * self.nperseg).reshape(&cut);
        }
        let starts =
            Literal::from_ints(ShapedArray::new(&[count, 1], DType::I32), (0..count).map(|i| (i * self.step) as i128));
        let dims = GatherDims {
            offset_dims: (0..=axis + 1).filter(|d| *d != axis).collect(),
            start_index_map: [axis].into_iter().collect(),
            ..GatherDims::default()
        };
        let mut window = shape;
        window[axis] = self.nperseg;
        x.gather(constant(starts), dims, &window, GatherMode::PromiseInBounds)
    }
    /// The sums of segments at their places, `[…, segment, sample]` to `[…, time]`.
    pub fn overlap_add(&self, x: Tracer) -> Tracer {
        let (rank, shape) = (x.rank(), x.shape());
        let (lead, [count, length]) = (&shape[..rank - 2], [shape[rank - 2], shape[rank - 1]]);
        let size = (count.max(1) - 1) * self.step + length;
        let shaped = |x: Tracer, tail: &[usize]| x.reshape(&[lead, tail].concat());
        let filled = |x: Tracer, axis: usize, n: usize| {
            let mut high = vec![0; x.rank()];
            high[axis] = n as isize;
            x.pad(0, &vec![0; x.rank()], &high, &vec![0; x.rank()])
        };
        // Each segment is parts of one step; part p of segment i goes to place i + p. With as many zeros as there are parts behind the
        // segments, rows of one place less are the same numbers, each row one place later than the row before.
        let parts = length.div_ceil(self.step);
        let parted = filled(x, rank - 1, parts * self.step - length);
        let parted = shaped(parted, &[count, parts, self.step]).moveaxis(-2, -3);
        let rows = shaped(filled(parted, rank - 1, parts), &[parts * (count + parts), self.step]);
        let places = count + parts - 1;
        let skewed = shaped(rows.slice_axis(-2, 0, parts * places), &[parts, places, self.step]);
        shaped(skewed.sum_axes(-3), &[places * self.step]).slice_axis(-1, 0, size)
    }
}
/// A signal of floats or complex numbers, of at least 32 bits, with the axis of time last; and that axis.
#[track_caller]
pub(super) fn signal(name: &str, x: Arg, axis: isize) -> (Tracer, usize) {
    let x = inexact(name, x);
    let x = if x.dtype().bits() < 32 { x.astype(DType::F32) } else { x };
    let axis = or_fail(name, resolve_axis(axis, x.rank()));
    (x.moveaxis(axis as isize, -1), axis)
}
