//! Room on the stack for programs within programs, however deep they nest.

/// What a step from a program to one inside it may need: the rules of a primitive, in a debug build.
const STEP: usize = 256 << 10;
/// How much more there is once that is short.
const MORE: usize = 4 << 20;

/// Runs `f`, a step from a program to one inside it, on a new piece of stack if this one is nearly used up.
///
/// Whatever recurs from program to program passes through it, so that the depth of programs is bounded by memory, not by the stack of
/// the thread.
pub fn deeper<R>(f: impl FnOnce() -> R) -> R {
    stacker::maybe_grow(STEP, MORE, f)
}
