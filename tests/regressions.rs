//! Programs that once broke a law, named for what was wrong. `cargo xtask fuzz` prints its finds in this form.

#[path = "support/laws.rs"]
mod laws;
#[path = "support/programs.rs"]
mod programs;
mod support;

use laws::*;
use support::*;

/// What was wrong; and a program without inputs that gives the inputs of the one below it.
const ROWS: &[(&str, &str)] = &[
    (
        "a rule's derivative of what is computed again gives a value that does not depend on tangents",
        "program() {
  %0: f64[] = constant -0.5520511081979491
  return %0
}

program(%0: f64[]) {
  %1: f64[] = custom_jvp[name=\"nested\", arguments=1, captures=0, function=program(%0: f64[]) {
    %1: f64[] = remat[again=false, policy=nothing_saveable, program=program(%0: f64[]) {
      %1: f64[] = sin %0
      return %1
    }] %0
    %2: f64[] = add %0 %1
    %3: f64[] = tanh %2
    return %3
  }, derivative=program(%0: f64[], %1: f64[]) {
    %2: f64[] = constant 1.0
    %3: f64[], %4: f64[] = remat[again=false, policy=nothing_saveable, program=program(%0: f64[], %1: f64[]) {
      %2: f64[] = sin %0
      %3: f64[] = cos %0
      %4: f64[] = mul %1 %3
      return %2, %4
    }] %0 %1
    %5: f64[] = add %0 %3
    %6: f64[] = add %1 %4
    %7: f64[] = tanh %5
    %8: f64[] = mul %7 %7
    %9: f64[] = sub %2 %8
    %10: f64[] = mul %6 %9
    return %7, %10
  }] %0
  return %1
}",
    ),
    (
        "XLA made 1 of a whole number divided by itself, of 0 too",
        "program() {
  %0: i32[] = constant 0
  return %0
}

program(%0: i32[]) {
  %1: i32[] = div %0 %0
  %2: i32[] = rem %0 %0
  return %1, %2
}",
    ),
    (
        "a call inside a branch of a rule gives values beside tangents, and their product could not be transposed",
        "program() {
  %0: f64[] = constant -0.5520511081979491
  return %0
}

program(%0: f64[]) {
  %1: f64[] = custom_jvp[name=\"nested\", arguments=1, captures=0, function=program(%0: f64[]) {
    %1: f64[] = tanh %0
    %2: f64[] = mul %1 %1
    return %2
  }, derivative=program(%0: f64[], %1: f64[]) {
    %2: i32[] = constant 1
    %3: f64[], %4: f64[] = cond[branches=[program(%0: f64[], %1: f64[]) {
      return %0, %1
    },program(%0: f64[], %1: f64[]) {
      %2: f64[], %3: f64[] = call[name=\"f\", program=program(%0: f64[], %1: f64[]) {
        %2: f64[] = constant 1.0
        %3: f64[] = tanh %0
        %4: f64[] = mul %3 %3
        %5: f64[] = sub %2 %4
        %6: f64[] = mul %1 %5
        return %3, %6
      }] %0 %1
      %4: f64[] = constant 2.0
      %5: f64[] = mul %2 %2
      %6: f64[] = mul %2 %3
      %7: f64[] = mul %6 %4
      return %5, %7
    }]] %2 %0 %1
    return %3, %4
  }] %0
  return %1
}",
    ),
    (
        "XLA took exponents of unsigned integers with the highest bit for negative, and lost bits of large ones",
        "program() {
  %0: u32[4] = constant [4294967295, 0, 4294967293, 3]
  %1: u32[4] = constant [4294967295, 2147483648, 2147483649, 5]
  %2: u8[4] = constant [255, 3, 3, 0]
  %3: u64[3] = constant [18446744073709551615, 3, 3]
  %4: i32[4] = constant [0, 3, -1, -3]
  %5: i32[4] = constant [1073741824, 2147483647, 2147483647, 1073741825]
  return %0, %1, %2, %3, %4, %5
}

program(%0: u32[4], %1: u32[4], %2: u8[4], %3: u64[3], %4: i32[4], %5: i32[4]) {
  %6: u32[4] = pow %0 %1
  %7: u8[4] = pow %2 %2
  %8: u64[3] = pow %3 %3
  %9: i32[4] = pow %4 %5
  return %6, %7, %8, %9
}",
    ),
];

#[test]
fn programs_that_once_broke_a_law_keep_them_all() {
    each(ROWS, |(name, text)| {
        let case = case_of(name, text);
        LAWS.iter().for_each(|law| (law.check)(&case));
        check_on_xla(&[case.clone()]);
        check_on_xla(&derivatives_of(&case));
    });
}
