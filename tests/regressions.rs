//! Programs that once broke a law, named for what was wrong. `cargo xtask fuzz` prints its finds in this form.

#[path = "support/laws.rs"]
mod laws;
#[path = "support/programs.rs"]
mod programs;
mod support;

use laws::*;
use support::*;

/// What was wrong; and a program without inputs that gives the inputs of the one below it.
const ROWS: &[(&str, &str)] = &[];

#[test]
fn programs_that_once_broke_a_law_keep_them_all() {
    each(ROWS, |(name, text)| {
        let case = case_of(name, text);
        LAWS.iter().for_each(|law| (law.check)(&case));
        check_on_xla(&[case.clone()]);
        check_on_xla(&derivatives_of(&case));
    });
}
