//! How far to go in a direction: a step that meets the strong conditions of Wolfe (Nocedal and Wright 2006, section 3.5).

use super::{Objective, count, dot, evaluated, number};
use raxla_ir::{
    DType, Literal, Tracer,
    pytree::{Pytree, flatten, unflatten},
    trace::constant,
};
use raxla_transforms::while_loop;

/// A step along a direction, and the value `φ`, the slope `φ′` and the gradient there.
#[derive(Pytree, Clone, Copy)]
pub(super) struct Place<T = Tracer> {
    pub step: T,
    pub value: T,
    slope: T,
    pub gradient: T,
}
/// The search of a step: algorithm 3.5.
#[derive(Pytree, Clone)]
pub(super) struct Search<T = Tracer> {
    i: T,
    last: Place<T>,
    /// The place as wanted, or the best one if none was found.
    pub star: Place<T>,
    /// How often the function was evaluated.
    pub evaluations: T,
    done: T,
    /// Whether an interval that must hold a step became too narrow.
    pub stuck: T,
}
impl Search {
    /// Whether there is no step as wanted.
    pub fn failed(&self) -> Tracer {
        self.stuck | self.done.logical_not()
    }
}
/// The narrowing of an interval that holds a step as wanted: algorithm 3.6.
#[derive(Pytree, Clone)]
struct Zoom<T = Tracer> {
    j: T,
    /// The end with the lesser value: at last, the step as wanted.
    low: Place<T>,
    high: Place<T>,
    /// A third step and its value, for the cubic.
    third: [T; 2],
    done: T,
    failed: T,
}
fn choose<P: Pytree<Leaf = Tracer>>(condition: Tracer, yes: P, no: P) -> P {
    let ((yes, tree), (no, _)) = (flatten(yes), flatten(no));
    unflatten(&tree, yes.into_iter().zip(no).map(|(y, n)| condition.select(y, n)).collect::<Vec<_>>())
}
fn no() -> Tracer {
    constant(Literal::scalar(false))
}

/// The function along a line.
pub(super) struct Line<'a> {
    fun: Objective<'a>,
    x: Tracer,
    direction: Tracer,
    start: Place,
}
impl<'a> Line<'a> {
    /// From `x`, where the value and the gradient are known.
    pub fn new(fun: Objective<'a>, x: Tracer, value: Tracer, gradient: Tracer, direction: Tracer) -> Line<'a> {
        let slope = dot(gradient, direction);
        Line { fun, x, direction, start: Place { step: number(0.0, value.dtype()), value, slope, gradient } }
    }
    fn at(&self, step: Tracer) -> Place {
        let (value, gradient) = evaluated(self.fun, self.x + step * self.direction);
        Place { step, value, slope: dot(gradient, self.direction), gradient }
    }
    /// Whether the value at a step is too great, or no number: the first condition of Wolfe, not met.
    fn too_great(&self, p: Place) -> Tracer {
        p.value.less_equal(self.start.value + p.step * self.start.slope * 1e-4).logical_not()
    }
    /// Whether the slope is flat enough: the second condition.
    fn flat(&self, p: Place) -> Tracer {
        p.slope.abs().less_equal(self.start.slope * -0.9)
    }
    /// A search that begins with a step, and doubles it at most so often.
    pub fn search(&self, first: Tracer, most: usize) -> Search {
        let (last, star) = (self.start, self.start);
        let init = Search { i: count(1), last, star, evaluations: count(0), done: no(), stuck: no() };
        let go_on = |s: Search| s.done.logical_not() & s.i.less_equal(most);
        let step = |s: Search| {
            let place = self.at(s.i.equal(1).select(first, s.last.step * 2.0));
            let beyond = self.too_great(place) | (place.value.greater_equal(s.last.value) & s.i.greater(1));
            let found = self.flat(place) & beyond.logical_not();
            let rising = place.slope.greater_equal(0) & beyond.logical_not() & found.logical_not();
            // The interval's better end is the last place if this one is beyond a minimum, else this one.
            let (low, high) = choose(beyond, (s.last, place), (place, s.last));
            let within = beyond | rising;
            let inside = self.zoom(low, high, within);
            let best = choose(found | place.value.less(s.star.value), place, s.star);
            Search {
                i: s.i + 1,
                last: place,
                star: choose(within, inside.low, best),
                evaluations: s.evaluations + 1 + inside.j,
                done: within | found,
                stuck: within & inside.failed,
            }
        };
        while_loop(go_on, step, init)
    }
    fn zoom(&self, low: Place, high: Place, wanted: Tracer) -> Zoom {
        // An interval as narrow as this part of its ends holds nothing else.
        let least = if low.step.dtype() == DType::F64 { 1e-10 } else { 1e-5 };
        let third = [(low.step + high.step) * 0.5, (low.value + high.value) * 0.5];
        let init = Zoom { j: count(0), low, high, third, done: no(), failed: no() };
        let go_on = |z: Zoom| wanted & z.done.logical_not() & z.failed.logical_not();
        let step = |z: Zoom| {
            let (low, high) = (z.low, z.high);
            let (left, right) = (low.step.minimum(high.step), low.step.maximum(high.step));
            let width = right - left;
            let within = |x: Tracer, margin: f64| x.greater(left + width * margin) & x.less(right - width * margin);
            let (cubic, quadratic) = (cubic(low, high, z.third), quadratic(low, high));
            let next = within(quadratic, 0.1).select(quadratic, (left + right) * 0.5);
            let next = (z.j.greater(0) & within(cubic, 0.2)).select(cubic, next);
            let place = self.at(next);
            let to_high = self.too_great(place) | place.value.greater_equal(low.value);
            let done = self.flat(place) & to_high.logical_not();
            let turned = (place.slope * (high.step - low.step)).greater_equal(0) & to_high.logical_not();
            let third = choose(to_high | turned, [high.step, high.value], [low.step, low.value]);
            let j = z.j + 1;
            let narrow = width.less_equal(right.abs().maximum(left.abs()) * least) | j.greater_equal(30);
            Zoom {
                j,
                high: choose(to_high, place, choose(turned, low, high)),
                low: choose(to_high, low, place),
                third,
                done,
                failed: done.logical_not() & narrow,
            }
        };
        while_loop(go_on, step, init)
    }
}
/// Where the cubic through three places, with a slope at the first, is least; NaN if nowhere.
fn cubic(a: Place, b: Place, [c, value]: [Tracer; 2]) -> Tracer {
    let (db, dc) = (b.step - a.step, c - a.step);
    let (rb, rc) = (b.value - a.value - a.slope * db, value - a.value - a.slope * dc);
    let divisor = (db * dc).square() * (db - dc);
    let third = (dc * dc * rb - db * db * rc) / divisor;
    let second = (db * db * db * rc - dc * dc * dc * rb) / divisor;
    a.step + ((second * second - third * a.slope * 3.0).sqrt() - second) / (third * 3.0)
}
/// Where the parabola through two places, with a slope at the first, is flat.
fn quadratic(a: Place, b: Place) -> Tracer {
    let width = b.step - a.step;
    let second = (b.value - a.value - a.slope * width) / (width * width);
    a.step - a.slope / (second * 2.0)
}
