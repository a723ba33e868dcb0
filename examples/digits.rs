//! Trains a small network on real handwritten digits, all of a step in one compiled function.
//!
//! ```text
//! cargo run --release --example digits [path of digits.csv.gz]
//! ```
//!
//! The data and where they come from: `examples/data/README.md`.

use indicatif::{ProgressBar, ProgressStyle};
use rand::{RngExt, SeedableRng, rngs::StdRng, seq::SliceRandom};
use raxla::{
    optim::{self, GradientTransformation, State},
    prelude::*,
};
use std::{error::Error, io::Read, path::PathBuf, process::ExitCode, time::Instant};

const PIXELS: usize = 64;
const CLASSES: usize = 10;
const BATCH: usize = 64;
const EPOCHS: usize = 60;

// ---- the model -------------------------------------------------------------------------------------------------------------------

#[derive(Pytree, Clone)]
struct Dense<T = Tracer> {
    w: T,
    b: T,
}
#[derive(Pytree, Clone)]
struct Mlp<T = Tracer> {
    layers: Vec<Dense<T>>,
}

impl Mlp<Array> {
    /// Glorot's uniform initialization.
    fn new(sizes: &[usize], rng: &mut StdRng) -> Self {
        let dense = |pair: &[usize]| {
            let limit = (6.0 / (pair[0] + pair[1]) as f32).sqrt();
            let w: Vec<f32> = (0..pair[0] * pair[1]).map(|_| rng.random_range(-limit..limit)).collect();
            Dense { w: Array::new(pair, &w), b: Array::from(vec![0f32; pair[1]]) }
        };
        Mlp { layers: sizes.windows(2).map(dense).collect() }
    }
}

/// The scores of one image.
fn predict(model: Mlp, image: Tracer) -> Tracer {
    let last = model.layers.len() - 1;
    model.layers.into_iter().enumerate().fold(image, |x, (i, layer)| {
        let y = x.dot(layer.w) + layer.b;
        if i < last { nn::relu(y) } else { y }
    })
}

/// The cross entropy of one image and its label.
fn loss(model: Mlp, image: Tracer, label: Tracer) -> Tracer {
    -(nn::log_softmax(predict(model, image), 0) * nn::one_hot(label, CLASSES, DType::F32)).sum()
}

// ---- a step of training ----------------------------------------------------------------------------------------------------------

fn adam() -> GradientTransformation {
    optim::adam(2e-3)
}

/// One step on a batch: the new model and the optimizer's state, and the mean loss before it.
fn train_step((model, state): (Mlp, State), images: Tracer, labels: Tracer) -> ((Mlp, State), Tracer) {
    let batch_loss = |model: Mlp| vmap(loss, (None, 0, 0))(model, images, labels).mean();
    let (value, grads) = value_and_grad(batch_loss)(model.clone());
    let (updates, state) = adam().update(grads, state, &model);
    ((optim::apply_updates(model, updates), state), value)
}

/// The share of images that the model gets right.
fn accuracy(model: Mlp, images: Tracer, labels: Tracer) -> Tracer {
    let scores = vmap(predict, (None, 0))(model, images);
    scores.argmax(-1).equal(labels).astype(DType::F32).mean()
}

// ---- the data --------------------------------------------------------------------------------------------------------------------

struct Digits {
    images: Vec<[f32; PIXELS]>,
    labels: Vec<i32>,
}
impl Digits {
    /// Rows of 64 intensities from 0 to 16 and a label, separated by commas, compressed.
    fn load(path: &PathBuf) -> Result<Digits, Box<dyn Error>> {
        let at = |e: &dyn std::fmt::Display| format!("{}: {e}", path.display());
        let file = std::fs::File::open(path).map_err(|e| at(&e))?;
        let mut text = String::new();
        flate2::read::GzDecoder::new(file).read_to_string(&mut text).map_err(|e| at(&e))?;
        let mut digits = Digits { images: vec![], labels: vec![] };
        for (i, line) in text.lines().enumerate() {
            let wrong = |what: &str| at(&format!("line {}: {what}", i + 1));
            let numbers: Result<Vec<f32>, _> = line.split(',').map(str::parse).collect();
            let numbers = numbers.map_err(|e| wrong(&e.to_string()))?;
            let (label, pixels) = numbers.split_last().ok_or_else(|| wrong("is empty"))?;
            let pixels: [f32; PIXELS] = pixels.try_into().map_err(|_| wrong("needs 64 intensities and a label"))?;
            if !(0.0..CLASSES as f32).contains(label)
                || label.fract() != 0.0
                || pixels.iter().any(|p| !(0.0..=16.0).contains(p))
            {
                return Err(wrong("needs intensities from 0 to 16 and a label from 0 to 9").into());
            }
            digits.images.push(pixels.map(|p| p / 16.0));
            digits.labels.push(*label as i32);
        }
        if digits.labels.len() < 10 * BATCH {
            return Err(at(&format!("has {} images, at least {} are needed", digits.labels.len(), 10 * BATCH)).into());
        }
        Ok(digits)
    }
    fn batch(&self, rows: &[usize]) -> (Array, Array) {
        let images: Vec<f32> = rows.iter().flat_map(|r| self.images[*r]).collect();
        let labels: Vec<i32> = rows.iter().map(|r| self.labels[*r]).collect();
        (Array::new(&[rows.len(), PIXELS], &images), Array::from(labels))
    }
}

// ---- training --------------------------------------------------------------------------------------------------------------------

fn run() -> Result<(), Box<dyn Error>> {
    let default = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("examples/data/digits.csv.gz");
    let digits = Digits::load(&std::env::args_os().nth(1).map_or(default, PathBuf::from))?;
    let mut rng = StdRng::seed_from_u64(0);
    let mut rows: Vec<usize> = (0..digits.labels.len()).collect();
    rows.shuffle(&mut rng);
    let (test, train) = rows.split_at_mut(digits.labels.len() / 5);

    let step = jit(train_step).donate(&[0]);
    let model = Mlp::new(&[PIXELS, 128, 64, CLASSES], &mut rng);
    let state = jit(|model: Mlp| adam().init(&model)).try_call((model.clone(),))?;
    let mut state = (model, state);

    let batches = train.len() / BATCH;
    let bar = ProgressBar::new((EPOCHS * batches) as u64);
    bar.set_style(ProgressStyle::with_template("{bar:40} {pos}/{len} steps  loss {msg}")?);
    let (mut start, mut timed) = (Instant::now(), 0);
    for epoch in 0..EPOCHS {
        train.shuffle(&mut rng);
        let mut last = None;
        for batch in train.chunks_exact(BATCH) {
            let (images, labels) = digits.batch(batch);
            let (next, loss) = step.try_call((state, images, labels))?;
            (state, last) = (next, Some(loss));
            bar.inc(1);
        }
        if let Some(loss) = last {
            bar.set_message(format!("{:.4}", loss.item::<f32>()?));
        }
        if epoch == 0 {
            (start, timed) = (Instant::now(), 0); // the first epoch compiles
        } else {
            timed += batches;
        }
    }
    bar.finish();
    let seconds = start.elapsed().as_secs_f64();

    let (images, labels) = digits.batch(test);
    let right = jit(accuracy).try_call((state.0, images, labels))?.item::<f32>()?;
    println!("trained on {} images, tested on {}", train.len(), test.len());
    println!("test accuracy: {:.2} %", 100.0 * right);
    println!("speed: {:.0} steps per second", timed as f64 / seconds);
    Ok(())
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("digits: {e}");
            ExitCode::FAILURE
        }
    }
}
