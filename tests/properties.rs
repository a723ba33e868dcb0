//! Laws on random programs, a fixed number of them in every run; `cargo xtask fuzz` runs as many as there is time for.

#[path = "support/laws.rs"]
mod laws;
#[path = "support/programs.rs"]
mod programs;
mod support;

use laws::*;
use programs::{EFFECTS, Purpose, generate, has_derivative, primitives_of};
use proptest::{
    collection::vec,
    prelude::any,
    strategy::Strategy,
    test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner},
};
use raxla_ir::{Op, Primitive};
use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
    fmt::Debug,
};
use support::*;

/// Runs a law on so many random lists of choices, the same in every run, and shrinks the first that breaks it.
fn check_law<S: Strategy<Value: Debug>>(cases: u32, choices: S, law: impl Fn(&S::Value)) {
    check_and_shrink(cases, 400, choices, law);
}
/// [`check_law`], with so many attempts to shrink.
fn check_and_shrink<S: Strategy<Value: Debug>>(cases: u32, attempts: u32, choices: S, law: impl Fn(&S::Value)) {
    let config = Config { cases, failure_persistence: None, max_shrink_iters: attempts, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let run = |choices: S::Value| {
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| law(&choices)));
        result.map_err(|panic| {
            let text = panic.downcast_ref::<String>().cloned();
            TestCaseError::fail(text.or(panic.downcast_ref::<&str>().map(|t| t.to_string())).unwrap_or_default())
        })
    };
    match runner.run(&choices, run) {
        Ok(()) => {}
        Err(TestError::Fail(why, choices)) => panic!("{why}\nfor the choices {choices:?}"),
        Err(TestError::Abort(why)) => panic!("gave up: {why}"),
    }
}
fn choices() -> impl Strategy<Value = Vec<u32>> {
    vec(any::<u32>(), 8..70)
}

#[test]
fn programs_hold_all_primitives() {
    for purpose in [Purpose::Value, Purpose::Derivative] {
        let seen = RefCell::new(BTreeSet::new());
        check_law(1000, choices(), |choices| {
            primitives_of(&generate(choices, purpose).program, &mut |name| {
                let _ = seen.borrow_mut().insert(name);
            });
        });
        let samples = Op::samples().into_iter().filter(|s| !EFFECTS.contains(&s.op.name()));
        let kept = samples.filter(|s| purpose == Purpose::Value || has_derivative(s));
        let all: BTreeSet<&str> = kept.map(|s| s.op.name()).collect();
        let missing: Vec<&&str> = all.iter().filter(|n| !seen.borrow().contains(**n)).collect();
        assert!(missing.is_empty(), "no random program for a {purpose:?} holds {missing:?}");
    }
}
#[test]
fn programs_check_and_read_back() {
    check_law(1000, choices(), |choices| reads_back(&generate(choices, Purpose::Value)));
}
#[test]
fn optimize_keeps_the_value() {
    check_law(1000, choices(), |choices| is_kept_by_optimize(&generate(choices, Purpose::Value)));
}
#[test]
fn xla_computes_what_the_interpreter_does() {
    // Each attempt to shrink compiles a module, so there are few.
    check_and_shrink(3, 10, vec(choices(), 20..21), |lists| {
        let cases: Vec<Case> = lists.iter().map(|c| generate(c, Purpose::Value)).collect();
        let decided_by_rounding = check_on_xla(&cases);
        assert!(decided_by_rounding < 5, "of {} programs {decided_by_rounding} depend on rounding", cases.len());
    });
}
#[test]
fn jvp_is_the_central_difference() {
    let compared = Cell::new(0);
    check_law(1000, choices(), |choices| {
        compared.set(compared.get() + differs_as_its_jvp(&generate(choices, Purpose::Derivative)));
    });
    // Were everything skipped, the test would say nothing.
    assert!(compared.get() > 1000, "only {} numbers were compared", compared.get());
}
#[test]
fn the_transpose_is_adjoint_to_the_jvp() {
    check_law(1000, choices(), |choices| has_an_adjoint(&generate(choices, Purpose::Derivative)));
}
#[test]
fn a_batch_is_a_loop_over_its_slices() {
    check_law(1000, choices(), |choices| is_batched(&generate(choices, Purpose::Value)));
}
