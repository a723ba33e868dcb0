//! How distributions take their parameters: converted to the dtype of the samples, and broadcast to their shape.

use raxla_ir::{DType, Operand, Tracer, aval::Dims, operand::broadcast_shapes, trace::fail};

/// A parameter as an array of the samples' shape and dtype.
#[track_caller]
pub(super) fn parameter(name: &str, value: impl Operand, shape: &[usize], dtype: DType) -> Tracer {
    let value = value.tracer(dtype, false);
    let aval = value.aval();
    if !broadcast_shapes(&aval.shape, shape).is_ok_and(|s| s[..] == *shape) {
        fail(format!("{name}: parameters must broadcast to the shape {} of the samples, got {aval}", Dims(shape)));
    }
    value.astype(dtype).broadcast_to(shape)
}
/// The dtype that a parameter has of itself; of numbers it is `f32`. Fails unless it is a float.
#[track_caller]
pub(super) fn float_of(name: &str, value: &impl Operand) -> DType {
    let dtype = value.known_dtype().unwrap_or(DType::F32);
    check_float(name, dtype);
    dtype
}
/// Fails unless the dtype is one of floats of 16 bits or more.
#[track_caller]
pub(super) fn check_float(name: &str, dtype: DType) {
    if !matches!(dtype, DType::F16 | DType::BF16 | DType::F32 | DType::F64) {
        fail(format!("{name}: samples are f16, bf16, f32 or f64, not {dtype}"));
    }
}
/// Fails unless the dtype is one of integers of 8 bits or more.
#[track_caller]
pub(super) fn check_integer(name: &str, dtype: DType) {
    if !dtype.is_integer() || dtype.bits() < 8 {
        fail(format!("{name}: samples are integers of 8 to 64 bits, not {dtype}"));
    }
}
/// The bits of the fraction of a float.
pub(super) fn fraction_bits(dtype: DType) -> i32 {
    match dtype {
        DType::F16 => 10,
        DType::BF16 => 7,
        DType::F32 => 23,
        _ => 52,
    }
}
/// The distance from 1 to the next greater float; that to the next lesser is half of it.
pub(super) fn epsilon(dtype: DType) -> f64 {
    0.5f64.powi(fraction_bits(dtype))
}
/// The least positive float that is not subnormal.
pub(super) fn least_normal(dtype: DType) -> f64 {
    match dtype {
        DType::F16 => 0.5f64.powi(14),
        DType::BF16 | DType::F32 => f64::from(f32::MIN_POSITIVE),
        _ => f64::MIN_POSITIVE,
    }
}
