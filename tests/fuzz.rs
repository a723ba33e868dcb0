//! The fuzzer: as many random programs as there is time for, each held to every law. `cargo xtask fuzz` runs it.
//!
//! A program that breaks a law is shrunk, printed with its inputs in the form that `regressions.rs` takes, and kept under `target/fuzz/`.

#[path = "support/laws.rs"]
mod laws;
#[path = "support/programs.rs"]
mod programs;
mod support;

use laws::*;
use programs::{Purpose, generate, primitives_of};
use raxla_ir::{Op, Primitive};
use std::{
    cell::RefCell,
    collections::BTreeMap,
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    process::ExitCode,
    time::{Duration, Instant},
};
use support::*;

const USAGE: &str = "usage: fuzz [--programs N] [--minutes M] [--seed S] [--xla N] [--choices N,N,…]

Ends after so many programs (10000), or minutes. XLA, which takes most of the time, computes every N-th twenty of them (1; 0: none).
With --choices, the one program that these make is held to every law.";
/// Programs that XLA compiles as one.
const TOGETHER: usize = 20;
/// How often a broken law is tried again while its program is shrunk.
const ATTEMPTS: usize = 300;
/// The same of a law that has XLA compile.
const ATTEMPTS_ON_XLA: usize = 40;

struct Options {
    programs: usize,
    time: Duration,
    seed: u64,
    xla: usize,
    choices: Option<Vec<u32>>,
}
fn options() -> Option<Options> {
    let mut options = Options { programs: 10_000, time: Duration::MAX, seed: 0, xla: 1, choices: None };
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments.next()?;
        match name.as_str() {
            "--programs" => options.programs = value.parse().ok()?,
            "--minutes" => options.time = Duration::try_from_secs_f64(value.parse::<f64>().ok()? * 60.0).ok()?,
            "--seed" => options.seed = value.parse().ok()?,
            "--xla" => options.xla = value.parse().ok()?,
            "--choices" => {
                let each = value.split(',').map(|n| n.trim().parse().ok());
                options.choices = Some(each.collect::<Option<_>>()?);
            }
            _ => return None,
        }
    }
    Some(options)
}

/// What was done, and what came of it.
#[derive(Default)]
struct Tally {
    programs: usize,
    /// By law, how many programs were held to it, and how many broke it.
    laws: BTreeMap<&'static str, [usize; 2]>,
    primitives: BTreeMap<&'static str, usize>,
    decided_by_rounding: usize,
}
const GENERATED: &str = "a program can be made";
const ON_XLA: &str = "XLA computes what the interpreter does";
const DERIVATIVES_ON_XLA: &str = "XLA computes derivatives as the interpreter does";

fn main() -> ExitCode {
    let Some(options) = options() else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    // Broken laws are reported once, when they are shrunk.
    std::panic::set_hook(Box::new(|_| {}));
    let mut tally = Tally::default();
    if let Some(choices) = &options.choices {
        round(&mut tally, std::slice::from_ref(choices), options.xla > 0);
    } else {
        let (start, mut lists) = (Instant::now(), Lists(options.seed));
        let (mut said, mut rounds) = (Instant::now(), 1usize);
        while tally.programs < options.programs && start.elapsed() < options.time {
            let lists: Vec<Vec<u32>> = (0..TOGETHER).map(|_| lists.next()).collect();
            // An abort leaves what caused it.
            keep("running.txt", &lists.iter().map(|l| format!("{l:?}\n")).collect::<String>());
            round(&mut tally, &lists, rounds.is_multiple_of(options.xla));
            rounds += 1;
            if said.elapsed() > Duration::from_secs(60) {
                said = Instant::now();
                let broken: usize = tally.laws.values().map(|l| l[1]).sum();
                println!("{} programs in {:.0} s, {broken} broken laws", tally.programs, start.elapsed().as_secs_f64());
            }
        }
    }
    report(&tally);
    if tally.laws.values().all(|l| l[1] == 0) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
/// Lists of choices, the same for each seed.
struct Lists(u64);
impl Lists {
    /// The next number of the sequence SplitMix64 (Steele, Lea and Flood, 2014).
    fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }
    fn next(&mut self) -> Vec<u32> {
        let n = 8 + self.number() % 72;
        (0..n).map(|_| (self.number() >> 32) as u32).collect()
    }
}

/// What a check says when it fails.
fn failure(check: impl FnOnce()) -> Option<String> {
    catch_unwind(AssertUnwindSafe(check)).err().map(|panic| match panic.downcast::<String>() {
        Ok(text) => *text,
        Err(other) => other.downcast::<&str>().map_or("a panic".into(), |text| text.to_string()),
    })
}
/// Holds the programs of some lists of choices to every law.
fn round(tally: &mut Tally, lists: &[Vec<u32>], on_xla: bool) {
    for purpose in [Purpose::Value, Purpose::Derivative] {
        let mut cases = vec![];
        for choices in lists {
            let made = RefCell::new(None);
            let make = |c: &[u32]| drop(made.replace(Some(generate(c, purpose))));
            judge(tally, GENERATED, choices, purpose, &make);
            let Some(case) = made.into_inner() else { continue };
            tally.programs += 1;
            primitives_of(&case.program, &mut |name| *tally.primitives.entry(name).or_default() += 1);
            for law in LAWS.iter().filter(|l| l.purpose == purpose) {
                judge(tally, law.name, choices, purpose, &|c| (law.check)(&generate(c, purpose)));
            }
            cases.push((choices, case));
        }
        if !on_xla {
            continue;
        }
        let (name, of): (_, fn(&Case) -> Vec<Case>) = match purpose {
            Purpose::Value => (ON_XLA, |case| vec![case.clone()]),
            Purpose::Derivative => (DERIVATIVES_ON_XLA, derivatives_of),
        };
        let decided_by_rounding = RefCell::new(0);
        let together = || {
            let all: Vec<Case> = cases.iter().flat_map(|c| of(&c.1)).collect();
            *decided_by_rounding.borrow_mut() = check_on_xla(&all);
        };
        if failure(together).is_some() {
            for (choices, _) in &cases {
                judge(tally, name, choices, purpose, &|c| drop(check_on_xla(&of(&generate(c, purpose)))));
            }
        } else {
            tally.laws.entry(name).or_default()[0] += cases.len();
            tally.decided_by_rounding += decided_by_rounding.into_inner();
        }
    }
}
/// Holds the program of a list of choices to a law, and reports it if that is broken.
fn judge(tally: &mut Tally, name: &'static str, choices: &[u32], purpose: Purpose, law: &dyn Fn(&[u32])) {
    let counts = tally.laws.entry(name).or_default();
    counts[0] += 1;
    let Some(why) = failure(|| law(choices)) else { return };
    counts[1] += 1;
    let attempts = if [ON_XLA, DERIVATIVES_ON_XLA].contains(&name) { ATTEMPTS_ON_XLA } else { ATTEMPTS };
    let (choices, why) = shrink(choices.to_vec(), why, attempts, law);
    let case = catch_unwind(|| case_text(&generate(&choices, purpose))).unwrap_or_default();
    let list = choices.iter().map(u32::to_string).collect::<Vec<_>>().join(",");
    let text = format!("{name}: broken by --choices {list}\n\n{why}\n\n{case}\n");
    println!("{text}");
    let file: String = name.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
    keep(&format!("{file}_{}.txt", counts[1]), &text);
}
/// Fewer and smaller choices for which the law fails as well, and what it says then.
fn shrink(mut choices: Vec<u32>, mut why: String, attempts: usize, law: &dyn Fn(&[u32])) -> (Vec<u32>, String) {
    let mut attempts = attempts;
    let mut attempt = |smaller: &[u32]| {
        attempts = attempts.checked_sub(1)?;
        failure(|| law(smaller))
    };
    loop {
        let before = choices.clone();
        let mut length = choices.len() / 2;
        while length > 0 {
            let mut at = choices.len().saturating_sub(length);
            loop {
                let smaller = [&choices[..at], &choices[(at + length).min(choices.len())..]].concat();
                if let Some(found) = attempt(&smaller) {
                    (choices, why) = (smaller, found);
                }
                if at == 0 {
                    break;
                }
                at = at.saturating_sub(length);
            }
            length /= 2;
        }
        for i in 0..choices.len() {
            // Most numbers of choices divide 5040, so that the choice stays.
            for to in [0, choices[i] % 5040] {
                let mut smaller = choices.clone();
                smaller[i] = to;
                if smaller[i] != choices[i]
                    && let Some(found) = attempt(&smaller)
                {
                    (choices, why) = (smaller, found);
                    break;
                }
            }
        }
        if choices == before {
            return (choices, why);
        }
    }
}
/// Keeps a text under `target/fuzz/`.
fn keep(name: &str, text: &str) {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).with_file_name("fuzz");
    if let Err(error) = fs::create_dir_all(&folder).and_then(|()| fs::write(folder.join(name), text)) {
        println!("{}: {error}", folder.display());
    }
}
fn report(tally: &Tally) {
    println!("{} programs", tally.programs);
    for (law, [held, broken]) in &tally.laws {
        println!("{held:>9} {law}: {broken} broke it");
    }
    println!("{:>9} values on XLA that rounding decides", tally.decided_by_rounding);
    println!("primitives, in so many equations:");
    let mut counts = tally.primitives.clone();
    Op::samples().iter().for_each(|s| drop(counts.entry(s.op.name()).or_default()));
    for (name, count) in counts {
        println!("{count:>9} {name}");
    }
}
