//! That what docs/numpy.md, docs/scipy.md and docs/jax.md say is there is exported, which the compiler sees.
//! Made by `tests/oracle/numpy_names.py`.

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
        abs absolute acos acosh add all allclose amax amin angle any append apply_along_axis apply_over_axes
        arange arccos arccosh arcsin arcsinh arctan arctan2 arctanh argmax argmin argpartition argsort argwhere
        around array_equal array_equiv array_split asin asinh astype atan atan2 atanh atleast_1d atleast_2d
        atleast_3d average bartlett bincount bitwise_and bitwise_count bitwise_invert bitwise_left_shift
        bitwise_not bitwise_or bitwise_right_shift bitwise_xor blackman block broadcast_arrays broadcast_shapes
        broadcast_to cbrt ceil choose clip column_stack compress concat concatenate conj conjugate convolve
        copy copysign corrcoef correlate cos cosh count_nonzero cov cross cumprod cumsum cumulative_prod
        cumulative_sum deg2rad degrees delete diag diag_indices diag_indices_from diagflat diagonal diff
        digitize divide divmod dot dsplit dstack ediff1d einsum einsum_path empty empty_like equal exp exp2
        expand_dims expm1 extract eye fabs fill_diagonal finfo flatnonzero flip fliplr flipud float_power floor
        floor_divide fmax fmin fmod frexp fromfunction frompyfunc full full_like gcd geomspace gradient greater
        greater_equal hamming hanning heaviside histogram histogram2d histogram_bin_edges histogramdd hsplit
        hstack hypot i0 identity iinfo imag indices inner insert interp intersect1d invert isclose iscomplex
        isdtype isfinite isin isinf isnan isneginf isposinf isreal ix_ kaiser kron lcm ldexp left_shift less
        less_equal lexsort linspace log log10 log1p log2 logaddexp logaddexp2 logical_and logical_not
        logical_or logical_xor logspace mask_indices matmul matrix_transpose matvec max maximum mean median
        meshgrid min minimum modf moveaxis multiply nan_to_num nanargmax nanargmin nancumprod nancumsum nanmax
        nanmean nanmedian nanmin nanpercentile nanprod nanquantile nanstd nansum nanvar ndim negative nextafter
        nonzero not_equal ones ones_like outer packbits pad partition percentile permute_dims piecewise place
        poly polyadd polyder polydiv polyfit polyint polymul polysub polyval positive pow power prod
        promote_types ptp put put_along_axis quantile rad2deg radians ravel ravel_multi_index real reciprocal
        remainder repeat reshape resize result_type right_shift rint roll rollaxis roots rot90 round
        searchsorted select setdiff1d setxor1d shape sign signbit sin sinc sinh size sort sort_complex spacing
        split sqrt square squeeze stack std subtract sum swapaxes take take_along_axis tan tanh tensordot tile
        trace transpose trapezoid tri tril tril_indices tril_indices_from triu triu_indices triu_indices_from
        true_divide trunc union1d unique unique_all unique_counts unique_inverse unique_values unpackbits
        unravel_index unstack unwrap vander var vdot vecdot vecmat vectorize vsplit vstack zeros zeros_like;
    raxla::numpy::linalg, NUMPY_LINALG:
        cholesky cond cross det diagonal eig eigh eigvals eigvalsh inv lstsq matmul matrix_norm matrix_power
        matrix_rank matrix_transpose multi_dot norm outer pinv qr slogdet solve svd svdvals tensordot tensorinv
        tensorsolve trace vecdot vector_norm;
    raxla::fft, NUMPY_FFT:
        fft fft2 fftfreq fftn fftshift hfft ifft ifft2 ifftn ifftshift ihfft irfft irfft2 irfftn rfft rfft2
        rfftfreq rfftn;
    raxla::linalg, LINALG:
        block_diag cho_factor cho_solve cholesky circulant companion convolution_matrix det dft eigh
        eigh_tridiagonal expm expm_frechet fiedler fiedler_companion funm hadamard hankel helmert hessenberg
        hilbert inv invhilbert invpascal leslie lu lu_factor lu_solve pascal polar qr qr_multiply rsf2csf schur
        solve solve_sylvester solve_triangular sqrtm svd toeplitz;
    raxla::special, SPECIAL:
        bernoulli bessel_jn beta betainc betaln boxcox boxcox1p comb dawsn digamma entr erf erfc erfcx erfinv
        exp1 expi expit expn factorial fresnel gamma gammainc gammaincc gammaln gammasgn hyp1f1 hyp2f1 i0 i0e
        i1 i1e kl_div log_ndtr log_softmax loggamma logit logsumexp multigammaln ndtr ndtri owens_t poch
        polygamma rel_entr sici softmax spence sph_harm_y wofz xlog1py xlogy zeta;
    raxla::stats, STATS:
        mode rankdata sem;
    raxla::stats::bernoulli, STATS_BERNOULLI:
        cdf logpmf pmf ppf;
    raxla::stats::beta, STATS_BETA:
        cdf logcdf logpdf logsf pdf sf;
    raxla::stats::betabinom, STATS_BETABINOM:
        logpmf pmf;
    raxla::stats::binom, STATS_BINOM:
        logpmf pmf;
    raxla::stats::cauchy, STATS_CAUCHY:
        cdf isf logcdf logpdf logsf pdf ppf sf;
    raxla::stats::chi2, STATS_CHI2:
        cdf logcdf logpdf logsf pdf sf;
    raxla::stats::dirichlet, STATS_DIRICHLET:
        logpdf pdf;
    raxla::stats::expon, STATS_EXPON:
        cdf logcdf logpdf logsf pdf ppf sf;
    raxla::stats::gamma, STATS_GAMMA:
        cdf logcdf logpdf logsf pdf sf;
    raxla::stats::gennorm, STATS_GENNORM:
        cdf logpdf pdf;
    raxla::stats::geom, STATS_GEOM:
        logpmf pmf;
    raxla::stats::gumbel_l, STATS_GUMBEL_L:
        cdf logcdf logpdf logsf pdf ppf sf;
    raxla::stats::gumbel_r, STATS_GUMBEL_R:
        cdf logcdf logpdf logsf pdf ppf sf;
    raxla::stats::laplace, STATS_LAPLACE:
        cdf logpdf pdf;
    raxla::stats::logistic, STATS_LOGISTIC:
        cdf isf logpdf pdf ppf sf;
    raxla::stats::multinomial, STATS_MULTINOMIAL:
        logpmf pmf;
    raxla::stats::multivariate_normal, STATS_MULTIVARIATE_NORMAL:
        logpdf pdf;
    raxla::stats::nbinom, STATS_NBINOM:
        logpmf pmf;
    raxla::stats::norm, STATS_NORM:
        cdf isf logcdf logpdf logsf pdf ppf sf;
    raxla::stats::pareto, STATS_PARETO:
        cdf logcdf logpdf logsf pdf ppf sf;
    raxla::stats::poisson, STATS_POISSON:
        cdf entropy logpmf pmf;
    raxla::stats::t, STATS_T:
        logpdf pdf;
    raxla::stats::truncnorm, STATS_TRUNCNORM:
        cdf logcdf logpdf logsf pdf sf;
    raxla::stats::uniform, STATS_UNIFORM:
        cdf logpdf pdf ppf;
    raxla::stats::vonmises, STATS_VONMISES:
        logpdf pdf;
    raxla::stats::wrapcauchy, STATS_WRAPCAUCHY:
        logpdf pdf;
    raxla::signal, SIGNAL:
        convolve convolve2d correlate correlate2d csd detrend fftconvolve istft stft welch;
    raxla::fft, SCIPY_FFT:
        dct dctn idct idctn;
    raxla::ndimage, NDIMAGE:
        map_coordinates;
    raxla::optimize, OPTIMIZE:
        OptimizeResults minimize;
    raxla::image, IMAGE:
        ResizeMethod resize scale_and_translate;
    raxla::nn, NN:
        celu dot_product_attention elu gelu glu hard_sigmoid hard_silu hard_swish hard_tanh identity leaky_relu
        log1mexp log_sigmoid log_softmax logmeanexp logsumexp mish one_hot relu relu6 selu sigmoid silu
        soft_sign softmax softplus sparse_plus sparse_sigmoid squareplus standardize swish;
    raxla::nn::initializers, NN_INITIALIZERS:
        constant delta_orthogonal glorot_normal glorot_uniform he_normal he_uniform kaiming_normal
        kaiming_uniform lecun_normal lecun_uniform normal ones orthogonal truncated_normal uniform
        variance_scaling xavier_normal xavier_uniform zeros;
    raxla::random, RANDOM:
        ball bernoulli beta binomial bits categorical cauchy chisquare choice dirichlet double_sided_maxwell
        exponential f fold_in gamma generalized_normal geometric gumbel key key_data laplace loggamma logistic
        lognormal maxwell multinomial multivariate_normal normal orthogonal pareto permutation poisson
        rademacher randint rayleigh split t triangular truncated_normal uniform wald weibull_min wrap_key_data;
    raxla::lax, LAX:
        RoundingMethod abs acos acosh add all_gather all_to_all approx_max_k approx_min_k argmax argmin asin
        asinh associative_scan atan atan2 atanh axis_index axis_size batch_matmul bessel_i0e bessel_i1e betainc
        bitcast_convert_type bitwise_and bitwise_not bitwise_or bitwise_xor broadcast broadcast_in_dim
        broadcast_shapes broadcast_to_rank broadcasted_iota cbrt ceil clamp clz collapse complex concatenate
        cond conj conv_general_dilated convert_element_type cos cosh cumlogsumexp cummax cummin cumprod cumsum
        custom_linear_solve custom_root digamma div dot dot_general dynamic_index_in_dim dynamic_slice
        dynamic_slice_in_dim dynamic_update_index_in_dim dynamic_update_slice dynamic_update_slice_in_dim eq
        erf erf_inv erfc exp exp2 expand_dims expm1 fft floor fori_loop full full_like gather ge gt igamma
        igamma_grad_a igammac imag index_in_dim index_take integer_pow iota is_finite le lgamma log log1p
        logistic lt map max min mul mulhi ne neg nextafter optimization_barrier pad pmax pmean pmin polygamma
        population_count pow ppermute psum psum_scatter ragged_dot random_gamma_grad real reciprocal reduce
        reduce_and reduce_max reduce_min reduce_or reduce_precision reduce_prod reduce_sum reduce_window
        reduce_xor rem reshape rev rng_bit_generator round rsqrt scan scatter scatter_add scatter_max
        scatter_min scatter_mul scatter_sub select select_n shift_left shift_right_arithmetic
        shift_right_logical sign sin sinh slice slice_in_dim sort sort_key_val split sqrt square squeeze stack
        stop_gradient sub switch tan tanh tile top_k transpose unstack while_loop zeta;
}

#[test]
fn the_pages_name_what_is_exported() {
    let pages: [(&str, &[&[&str]]); 3] = [
        (include_str!("../docs/numpy.md"), &[NUMPY, NUMPY_LINALG, NUMPY_FFT]),
        (
            include_str!("../docs/scipy.md"),
            &[
                LINALG,
                SPECIAL,
                STATS,
                STATS_BERNOULLI,
                STATS_BETA,
                STATS_BETABINOM,
                STATS_BINOM,
                STATS_CAUCHY,
                STATS_CHI2,
                STATS_DIRICHLET,
                STATS_EXPON,
                STATS_GAMMA,
                STATS_GENNORM,
                STATS_GEOM,
                STATS_GUMBEL_L,
                STATS_GUMBEL_R,
                STATS_LAPLACE,
                STATS_LOGISTIC,
                STATS_MULTINOMIAL,
                STATS_MULTIVARIATE_NORMAL,
                STATS_NBINOM,
                STATS_NORM,
                STATS_PARETO,
                STATS_POISSON,
                STATS_T,
                STATS_TRUNCNORM,
                STATS_UNIFORM,
                STATS_VONMISES,
                STATS_WRAPCAUCHY,
                SIGNAL,
                SCIPY_FFT,
                NDIMAGE,
                OPTIMIZE,
            ],
        ),
        (include_str!("../docs/jax.md"), &[IMAGE, NN, NN_INITIALIZERS, RANDOM, LAX]),
    ];
    for (page, lists) in pages {
        let missing = lists.concat().into_iter().filter(|name| !page.contains(&format!("`{name}`")));
        let missing: Vec<_> = missing.collect();
        assert!(missing.is_empty(), "{missing:?}: tests/oracle/numpy_names.py writes the pages anew");
    }
}
