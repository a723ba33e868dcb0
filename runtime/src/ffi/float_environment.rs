//! [`Ieee`]: XLA computes with subnormal numbers flushed to zero, and Rust code must not.
//!
//! Rust's arithmetic is defined for the processor's default mode only, and algorithms count on it: the reciprocal of a complex number
//! of size about one may pass through subnormal numbers, and came out as zero in a kernel that XLA called.

use std::arch::asm;

/// The default mode of floating-point arithmetic, until it is dropped; then the mode before.
pub(super) struct Ieee {
    before: Mode,
}

#[cfg(target_arch = "x86_64")]
type Mode = u32;
#[cfg(target_arch = "aarch64")]
type Mode = u64;

impl Ieee {
    pub(super) fn enter() -> Ieee {
        let before = mode();
        if before != DEFAULT {
            set_mode(DEFAULT);
        }
        Ieee { before }
    }
}
impl Drop for Ieee {
    fn drop(&mut self) {
        if self.before != DEFAULT {
            set_mode(self.before);
        }
    }
}

/// Exceptions masked, rounding to nearest, nothing flushed.
#[cfg(target_arch = "x86_64")]
const DEFAULT: Mode = 0x1f80;
/// Exceptions masked, rounding to nearest, nothing flushed.
#[cfg(target_arch = "aarch64")]
const DEFAULT: Mode = 0;

#[cfg(target_arch = "x86_64")]
fn mode() -> Mode {
    let mut mode: Mode = 0;
    // SAFETY: the instruction writes the register's four bytes to the variable.
    unsafe { asm!("stmxcsr [{}]", in(reg) &mut mode, options(nostack, preserves_flags)) };
    // The lowest six bits say what has happened, not what shall.
    mode & !0x3f
}
#[cfg(target_arch = "x86_64")]
fn set_mode(mode: Mode) {
    // SAFETY: the mode is the default, or one that the register held.
    unsafe { asm!("ldmxcsr [{}]", in(reg) &mode, options(nostack, preserves_flags)) };
}
#[cfg(target_arch = "aarch64")]
fn mode() -> Mode {
    let mode: Mode;
    // SAFETY: the instruction reads a register that user code may read.
    unsafe { asm!("mrs {}, fpcr", out(reg) mode, options(nomem, nostack, preserves_flags)) };
    mode
}
#[cfg(target_arch = "aarch64")]
fn set_mode(mode: Mode) {
    // SAFETY: the mode is the default, or one that the register held.
    unsafe { asm!("msr fpcr, {}", in(reg) mode, options(nomem, nostack, preserves_flags)) };
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::hint::black_box;

    #[test]
    #[cfg(target_arch = "x86_64")]
    fn subnormal_numbers_are_kept_inside_and_flushed_outside() {
        let half = || black_box(f64::MIN_POSITIVE) * black_box(0.5);
        const FLUSHED: Mode = 0x8040;
        set_mode(DEFAULT | FLUSHED);
        let outside = half();
        let inside = {
            let _ieee = Ieee::enter();
            half()
        };
        let after = half();
        set_mode(DEFAULT);
        assert_eq!((outside, inside, after), (0.0, f64::MIN_POSITIVE / 2.0, 0.0));
    }
}
