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
