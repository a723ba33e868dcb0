//! That what docs/numpy.md says is there is exported, which the compiler sees. Made by `tests/oracle/numpy_names.py`.

/// Imports the names, and lists them.
macro_rules! exported {
    ($($($module:ident)::+, $list:ident: $($name:ident)*;)*) => { $(
        const $list: &[&str] = {
            #[allow(unused_imports)]
            use $($module)::+::{$($name),*};
            &[$(stringify!($name)),*]
        };
    )* };
}
exported! {
    raxla::numpy, NUMPY:
        abs absolute acos acosh add all allclose amax amin angle any arange arccos arccosh arcsin arcsinh
        arctan arctan2 arctanh around array_equal array_equiv asin asinh atan atan2 atanh average bartlett
        bincount bitwise_and bitwise_count bitwise_invert bitwise_left_shift bitwise_not bitwise_or
        bitwise_right_shift bitwise_xor blackman cbrt ceil clip conj conjugate convolve copysign corrcoef
        correlate cos cosh count_nonzero cov cross cumprod cumsum cumulative_prod cumulative_sum deg2rad
        degrees diag diag_indices diagflat diagonal diff divide divmod dot ediff1d einsum einsum_path empty
        empty_like equal exp exp2 expm1 eye fabs finfo float_power floor floor_divide fmax fmin fmod frexp
        fromfunction full full_like gcd geomspace gradient greater greater_equal hamming hanning heaviside
        histogram histogram2d histogram_bin_edges histogramdd hypot i0 identity iinfo imag indices inner interp
        invert isclose iscomplex isdtype isfinite isinf isnan isneginf isposinf isreal kaiser kron lcm ldexp
        left_shift less less_equal linspace log log10 log1p log2 logaddexp logaddexp2 logical_and logical_not
        logical_or logical_xor logspace matmul matvec max maximum mean median meshgrid min minimum modf
        multiply nan_to_num nancumprod nancumsum nanmax nanmean nanmedian nanmin nanpercentile nanprod
        nanquantile nanstd nansum nanvar negative nextafter not_equal ones ones_like outer packbits percentile
        poly polyadd polyder polydiv polyint polymul polysub polyval positive pow power prod promote_types ptp
        quantile rad2deg radians real reciprocal remainder result_type right_shift rint round sign signbit sin
        sinc sinh spacing sqrt square std subtract sum tan tanh tensordot trace trapezoid tri tril tril_indices
        triu triu_indices true_divide trunc unpackbits unwrap vander var vdot vecdot vecmat zeros zeros_like;
    raxla::fft, FFT:
        fft fft2 fftfreq fftn fftshift hfft ifft ifft2 ifftn ifftshift ihfft irfft irfft2 irfftn rfft rfft2
        rfftfreq rfftn;
}

#[test]
fn the_page_of_numpy_names_what_is_exported() {
    let page = include_str!("../docs/numpy.md");
    let missing = [NUMPY, FFT].concat().into_iter().filter(|name| !page.contains(&format!("`{name}`")));
    let missing: Vec<_> = missing.collect();
    assert!(missing.is_empty(), "{missing:?}: tests/oracle/numpy_names.py writes docs/numpy.md anew");
}
