//! [`einsum`]: Einstein's summation, in the cheapest order of pairwise products.

use super::{
    contraction::{Product, contract},
    diagonal, multiply,
    promotion::meet,
};
use raxla_ir::{
    DType, Tracer,
    trace::{fail, or_fail},
};
use std::collections::{BTreeMap, BTreeSet};

/// In which order [`einsum`] multiplies its operands.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Path {
    /// The cheapest of all orders for up to eight operands, and beyond that [`Path::Greedy`].
    #[default]
    Optimal,
    /// Each time the two operands whose product is the least larger than they are.
    Greedy,
    /// From left to right.
    LeftToRight,
    /// As stated: each time two positions among the operands that are left, the products coming last.
    Stated(Vec<(usize, usize)>),
}

/// A name of an axis: a letter, or one of those that an ellipsis stands for.
type Label = u32;
const ELLIPSIS: Label = 1 << 24;

struct Subscripts {
    ins: Vec<Vec<Label>>,
    out: Vec<Label>,
}
/// Reads `ij,jk->ik` for operands of these ranks.
fn parse(text: &str, ranks: &[usize]) -> Result<Subscripts, String> {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let (left, right) = match text.split_once("->") {
        Some((left, right)) => (left, Some(right)),
        None => (&text[..], None),
    };
    let terms: Vec<&str> = left.split(',').collect();
    if terms.len() != ranks.len() {
        return Err(format!("`{text}` has {} terms for {} operands", terms.len(), ranks.len()));
    }
    let widest = |term: &str, rank: usize| {
        let letters = term.chars().filter(|c| *c != '.').count();
        term.contains("...").then(|| rank.checked_sub(letters)).flatten()
    };
    let dots = terms.iter().zip(ranks).filter_map(|(t, r)| widest(t, *r)).max().unwrap_or(0);
    let labels = |term: &str, hidden: usize| -> Result<Vec<Label>, String> {
        let mut labels = vec![];
        let mut rest = term;
        while let Some(c) = rest.chars().next() {
            if let Some(after) = rest.strip_prefix("...") {
                // Ellipses are aligned at their last axes.
                labels.extend((dots - hidden..dots).map(|i| ELLIPSIS + i as Label));
                rest = after;
            } else if c.is_alphabetic() {
                labels.push(c as Label);
                rest = &rest[c.len_utf8()..];
            } else {
                return Err(format!("`{c}` in `{text}` is no letter"));
            }
        }
        Ok(labels)
    };
    let mut ins = vec![];
    for (term, rank) in terms.iter().zip(ranks) {
        let found = labels(term, widest(term, *rank).unwrap_or(0))?;
        if found.len() != *rank {
            return Err(format!("`{term}` has {} axes for an operand of rank {rank}", found.len()));
        }
        ins.push(found);
    }
    let out = match right {
        Some(term) => labels(term, dots)?,
        None => {
            let mut counts = BTreeMap::<Label, usize>::new();
            ins.iter().flatten().for_each(|l| *counts.entry(*l).or_default() += 1);
            let once = counts.iter().filter(|(l, n)| **n == 1 && **l < ELLIPSIS).map(|(l, _)| *l);
            (0..dots).map(|i| ELLIPSIS + i as Label).chain(once).collect()
        }
    };
    for (i, l) in out.iter().enumerate() {
        if out[..i].contains(l) {
            return Err(format!("an axis stands twice in the output of `{text}`"));
        }
        if !ins.iter().any(|labels| labels.contains(l)) {
            return Err(format!("an axis in the output of `{text}` stands in no operand"));
        }
    }
    Ok(Subscripts { ins, out })
}
/// An operand, or a product of some, with the names of its axes.
#[derive(Clone)]
struct Term<T> {
    value: T,
    labels: Vec<Label>,
}
/// The size of each axis by name; those of size 1 broadcast.
fn sizes(terms: &[(Vec<Label>, Vec<usize>)]) -> Result<BTreeMap<Label, usize>, String> {
    let mut sizes = BTreeMap::new();
    for (labels, shape) in terms {
        for (l, n) in labels.iter().zip(shape) {
            let known = sizes.entry(*l).or_insert(*n);
            match (*known, *n) {
                (a, b) if a == b || b == 1 => {}
                (1, b) => *known = b,
                (a, b) => {
                    let name = char::from_u32(*l).filter(|_| *l < ELLIPSIS).map_or("...".into(), |c| c.to_string());
                    return Err(format!("the axis `{name}` has the sizes {a} and {b}"));
                }
            }
        }
    }
    Ok(sizes)
}
/// The names that the product of two terms keeps: those in the output or in another term.
fn kept(a: &[Label], b: &[Label], others: &BTreeSet<Label>) -> Vec<Label> {
    let all: BTreeSet<Label> = a.iter().chain(b).copied().collect();
    all.into_iter().filter(|l| others.contains(l)).collect()
}
fn volume(labels: impl IntoIterator<Item = Label>, sizes: &BTreeMap<Label, usize>) -> f64 {
    labels.into_iter().map(|l| sizes[&l] as f64).product()
}
/// The order of products, as pairs of positions.
fn path(terms: &[Vec<Label>], out: &[Label], sizes: &BTreeMap<Label, usize>, how: &Path) -> Vec<(usize, usize)> {
    let n = terms.len();
    match how {
        Path::Stated(pairs) => pairs.clone(),
        Path::LeftToRight => {
            (1..n).map(|i| (0, n - i)).map(|(a, b)| if b + 1 == n { (0, 1) } else { (a, b) }).collect()
        }
        Path::Optimal if n <= 8 => optimal(terms, out, sizes),
        _ => greedy(terms, out, sizes),
    }
}
/// Dynamic programming over subsets of the operands: the least number of multiplications, then the least memory.
fn optimal(terms: &[Vec<Label>], out: &[Label], sizes: &BTreeMap<Label, usize>) -> Vec<(usize, usize)> {
    let n = terms.len();
    if n < 2 {
        return vec![];
    }
    let full = (1usize << n) - 1;
    let union = |set: usize| -> BTreeSet<Label> {
        (0..n).filter(|i| set >> i & 1 == 1).flat_map(|i| terms[i].iter().copied()).collect()
    };
    // What the product of a set of operands is left with.
    let left: Vec<Vec<Label>> = (0..=full)
        .map(|set| {
            let others: BTreeSet<Label> = union(full & !set).into_iter().chain(out.iter().copied()).collect();
            match set.count_ones() {
                1 => terms[set.trailing_zeros() as usize].clone(),
                _ => union(set).into_iter().filter(|l| others.contains(l)).collect(),
            }
        })
        .collect();
    let mut best: Vec<(f64, f64, usize)> = vec![(f64::INFINITY, f64::INFINITY, 0); full + 1];
    for set in 1..=full {
        if set.count_ones() == 1 {
            best[set] = (0.0, 0.0, 0);
            continue;
        }
        let mut part = (set - 1) & set;
        while part > 0 {
            let other = set & !part;
            // Each pair once.
            if part < other {
                let all: BTreeSet<Label> = left[part].iter().chain(&left[other]).copied().collect();
                let flops = best[part].0 + best[other].0 + volume(all, sizes);
                let memory = best[part].1 + best[other].1 + volume(left[set].iter().copied(), sizes);
                if (flops, memory) < (best[set].0, best[set].1) {
                    best[set] = (flops, memory, part);
                }
            }
            part = (part - 1) & set;
        }
    }
    // The tree as steps on a list that shrinks: products stand last.
    let mut list: Vec<usize> = (0..n).map(|i| 1 << i).collect();
    let mut order = vec![];
    fn visit(set: usize, best: &[(f64, f64, usize)], order: &mut Vec<(usize, usize)>) {
        if set.count_ones() > 1 {
            let part = best[set].2;
            visit(part, best, order);
            visit(set & !part, best, order);
            order.push((part, set & !part));
        }
    }
    visit(full, &best, &mut order);
    order
        .into_iter()
        .map(|(a, b)| {
            let place = |x: usize| list.iter().position(|s| *s == x).unwrap_or(0);
            let (i, j) = (place(a).min(place(b)), place(a).max(place(b)));
            list.remove(j);
            list.remove(i);
            list.push(a | b);
            (i, j)
        })
        .collect()
}
fn greedy(terms: &[Vec<Label>], out: &[Label], sizes: &BTreeMap<Label, usize>) -> Vec<(usize, usize)> {
    let mut list: Vec<Vec<Label>> = terms.to_vec();
    let mut order = vec![];
    while list.len() > 1 {
        let mut best = (f64::INFINITY, f64::INFINITY, 0, 1);
        for i in 0..list.len() {
            for j in i + 1..list.len() {
                let others = others(&list, i, j, out);
                let product = kept(&list[i], &list[j], &others);
                let of = |labels: &[Label]| volume(labels.iter().copied(), sizes);
                let growth = of(&product) - of(&list[i]) - of(&list[j]);
                let all: BTreeSet<Label> = list[i].iter().chain(&list[j]).copied().collect();
                let cost = (growth, volume(all, sizes), i, j);
                if (cost.0, cost.1) < (best.0, best.1) {
                    best = cost;
                }
            }
        }
        let (i, j) = (best.2, best.3);
        let product = kept(&list[i], &list[j], &others(&list, i, j, out));
        list.remove(j);
        list.remove(i);
        list.push(product);
        order.push((i, j));
    }
    order
}
/// The names in the output and in all terms but two.
fn others(list: &[Vec<Label>], i: usize, j: usize, out: &[Label]) -> BTreeSet<Label> {
    let rest = list.iter().enumerate().filter(|(k, _)| *k != i && *k != j).flat_map(|(_, l)| l.iter().copied());
    rest.chain(out.iter().copied()).collect()
}

/// The sum of products of array elements that `subscripts` names: `"ij,jk->ik"` is the matrix product.
///
/// Letters name axes; those that the output (right of `->`) lacks are summed over, those that stand twice in one operand mean its diagonal,
/// `...` stands for axes that broadcast. Without `->` the output has the letters that stand once, in alphabetical order. The operands are
/// multiplied two by two, in the order that needs the fewest multiplications.
///
/// ```
/// use raxla::{numpy as np, prelude::*};
/// let f = jit(|x: Tracer| np::einsum("ij,kj->ik", &[x, x]));
/// let y = f(Array::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0]));
/// assert_eq!(y.to_vec::<f32>()?, [5.0, 11.0, 11.0, 25.0]);
/// # Ok::<(), raxla::Error>(())
/// ```
///
/// # Panics
/// If the subscripts do not fit the operands, or sizes differ where a letter stands twice.
#[track_caller]
pub fn einsum(subscripts: &str, operands: &[Tracer]) -> Tracer {
    einsum_with(subscripts, operands, &Path::Optimal, Product::default())
}
/// The order in which [`einsum`] multiplies operands of these shapes: pairs of positions in the list of those that are left, to whose end
/// each product goes.
///
/// ```
/// use raxla::numpy::{Path, einsum_path};
/// let path = einsum_path("ij,jk,k->i", &[&[100, 100], &[100, 100], &[100]], &Path::Optimal);
/// assert_eq!(path, [(1, 2), (0, 1)]);
/// ```
#[track_caller]
pub fn einsum_path(subscripts: &str, shapes: &[&[usize]], how: &Path) -> Vec<(usize, usize)> {
    let ranks: Vec<usize> = shapes.iter().map(|s| s.len()).collect();
    let parsed = or_fail("einsum_path", parse(subscripts, &ranks));
    let pairs: Vec<_> = parsed.ins.iter().cloned().zip(shapes.iter().map(|s| s.to_vec())).collect();
    path(&parsed.ins, &parsed.out, &or_fail("einsum_path", sizes(&pairs)), how)
}
/// [`einsum`] in a stated order, computed in a stated way.
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, numpy::Product, show};
/// let got = show(|| np::einsum_with("ij,j->i", &[constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0])), constant(vec![1.0f32, 1.0])], &np::Path::Optimal, Product::default()));
/// assert_eq!(got, "[3.0, 7.0]");
/// ```
#[track_caller]
pub fn einsum_with(subscripts: &str, operands: &[Tracer], order: &Path, how: Product) -> Tracer {
    if operands.is_empty() {
        fail("einsum: takes at least 1 operand, got none");
    }
    let avals: Vec<_> = operands.iter().map(|x| x.aval()).collect();
    let (dtype, _) = or_fail("einsum", meet(&avals));
    let ranks: Vec<usize> = avals.iter().map(|a| a.rank()).collect();
    let Subscripts { ins, out } = or_fail("einsum", parse(subscripts, &ranks));
    let pairs: Vec<_> = ins.iter().cloned().zip(avals.iter().map(|a| a.shape.to_vec())).collect();
    let sizes = or_fail("einsum", sizes(&pairs));
    let order = path(&ins, &out, &sizes, order);
    let mut terms: Vec<Term<Tracer>> =
        operands.iter().zip(ins).map(|(x, labels)| plain(x.astype(dtype), labels, &sizes)).collect();
    for (i, j) in order {
        if i >= j || j >= terms.len() {
            fail(format!("einsum: the path names the operands {i} and {j} of {}", terms.len()));
        }
        let b = terms.remove(j);
        let a = terms.remove(i);
        let needed: BTreeSet<Label> =
            terms.iter().flat_map(|t| t.labels.iter().copied()).chain(out.iter().copied()).collect();
        terms.push(product(a, b, &needed, how));
    }
    let [term] = &terms[..] else { fail(format!("einsum: the path leaves {} operands", terms.len())) };
    let all: BTreeSet<Label> = out.iter().copied().collect();
    let Term { value, labels } = summed(term.clone(), |l| all.contains(&l));
    // A name that only operands of size 1 had.
    let missing: Vec<Label> = out.iter().copied().filter(|l| !labels.contains(l)).collect();
    let value = if missing.is_empty() {
        value
    } else {
        value.reshape(&[value.shape().to_vec(), vec![1; missing.len()]].concat())
    };
    let labels = [labels, missing].concat();
    let permutation: Vec<usize> = out.iter().filter_map(|l| labels.iter().position(|x| x == l)).collect();
    let value = value.transpose_axes(&permutation);
    let dtype = how.dtype.unwrap_or(dtype);
    value.astype(dtype)
}
/// The operand with each name once, and without axes of size 1 that broadcast.
#[track_caller]
fn plain(mut x: Tracer, mut labels: Vec<Label>, sizes: &BTreeMap<Label, usize>) -> Term<Tracer> {
    let shape = x.shape();
    let dropped: Vec<bool> = labels.iter().zip(&shape).map(|(l, n)| *n == 1 && sizes[l] != 1).collect();
    if dropped.contains(&true) {
        let keep: Vec<usize> = (0..labels.len()).filter(|i| !dropped[*i]).collect();
        x = x.reshape(&keep.iter().map(|i| shape[*i]).collect::<Vec<_>>());
        labels = keep.into_iter().map(|i| labels[i]).collect();
    }
    while let Some((i, j)) =
        (0..labels.len()).find_map(|j| labels[..j].iter().position(|l| *l == labels[j]).map(|i| (i, j)))
    {
        let label = labels[i];
        x = diagonal(x, 0, i as isize, j as isize);
        labels.remove(j);
        labels.remove(i);
        labels.push(label);
    }
    Term { value: x, labels }
}
/// The term summed over the names that nothing needs.
#[track_caller]
fn summed(term: Term<Tracer>, needed: impl Fn(Label) -> bool) -> Term<Tracer> {
    let axes: Vec<isize> = (0..term.labels.len()).filter(|i| !needed(term.labels[*i])).map(|i| i as isize).collect();
    if axes.is_empty() {
        return term;
    }
    let dtype = term.value.dtype();
    let value = match dtype {
        DType::Bool => super::any(term.value, super::Over::axes(&axes)),
        dtype => super::sum(term.value, super::Over::axes(&axes).dtype(dtype)),
    };
    Term { value, labels: term.labels.into_iter().filter(|l| needed(*l)).collect() }
}
#[track_caller]
fn product(a: Term<Tracer>, b: Term<Tracer>, needed: &BTreeSet<Label>, how: Product) -> Term<Tracer> {
    let (in_a, in_b) = (a.labels.clone(), b.labels.clone());
    let a = summed(a, |l| needed.contains(&l) || in_b.contains(&l));
    let b = summed(b, |l| needed.contains(&l) || in_a.contains(&l));
    let shared: Vec<Label> = a.labels.iter().copied().filter(|l| b.labels.contains(l)).collect();
    let (batch, sum): (Vec<Label>, Vec<Label>) = shared.iter().partition(|l| needed.contains(l));
    let place = |labels: &[Label], names: &[Label]| -> Vec<usize> {
        names.iter().filter_map(|n| labels.iter().position(|l| l == n)).collect()
    };
    // Where nothing is summed and one has all axes of the other, it is an elementwise product.
    if sum.is_empty() && batch.len() == b.labels.len().min(a.labels.len()) && !batch.is_empty() {
        let (long, short) = if a.labels.len() >= b.labels.len() { (&a, &b) } else { (&b, &a) };
        let order: Vec<usize> = place(&short.labels, &long.labels);
        let aligned = short.value.transpose_axes(&order);
        let dims = place(&long.labels, &order.iter().map(|i| short.labels[*i]).collect::<Vec<_>>());
        let spread = aligned.broadcast(&long.value.shape(), &dims);
        let dtype = how.dtype.unwrap_or(long.value.dtype());
        return Term { value: multiply(long.value.astype(dtype), spread.astype(dtype)), labels: long.labels.clone() };
    }
    let axes = [place(&a.labels, &sum), place(&b.labels, &sum), place(&a.labels, &batch), place(&b.labels, &batch)];
    // A product that has a dtype of its own is not rounded to that of the operands.
    let [x, y] = super::promotion::promote_dtypes("einsum", [a.value.into(), b.value.into()]);
    let value = contract(x, y, axes.each_ref().map(|x| &x[..]), how);
    let free = |labels: &[Label]| -> Vec<Label> { labels.iter().copied().filter(|l| !shared.contains(l)).collect() };
    Term { value, labels: [batch, free(&a.labels), free(&b.labels)].concat() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_cheap() {
        let shapes: [&[usize]; 4] = [&[10, 1000], &[1000, 10], &[10, 1000], &[1000, 10]];
        assert_eq!(einsum_path("ab,bc,cd,de->ae", &shapes, &Path::Optimal), [(0, 1), (0, 1), (0, 1)]);
        assert_eq!(einsum_path("ab,bc,cd,de->ae", &shapes, &Path::LeftToRight), [(0, 1), (0, 2), (0, 1)]);
    }
    crate::oracle::rows! { numpy_einsum:
        "jnp.einsum('ij,jk->ik', a, b)", "f32(2, 3), f32(3, 4)" => fn(a, b) einsum("ij,jk->ik", &[a, b]);
        "jnp.einsum('ij,jk', a, b)", "f32(2, 3), f32(3, 4)" => fn(a, b) einsum("ij,jk", &[a, b]);
        "jnp.einsum('ij->ji', a)", "f32(2, 3)" => fn(a) einsum("ij->ji", &[a]);
        "jnp.einsum('ii', a)", "f32(3, 3)" => fn(a) einsum("ii", &[a]);
        "jnp.einsum('ii->i', a)", "f32(3, 3)" => fn(a) einsum("ii->i", &[a]);
        "jnp.einsum('iij->j', a)", "f32(3, 3, 2)" => fn(a) einsum("iij->j", &[a]);
        "jnp.einsum('ij->', a)", "f32(2, 3)" => fn(a) einsum("ij->", &[a]);
        "jnp.einsum('bij,bjk->bik', a, b)", "f32(5, 2, 3), f32(5, 3, 4)" => fn(a, b) einsum("bij,bjk->bik", &[a, b]);
        "jnp.einsum('...ij,...jk->...ik', a, b)", "f32(5, 2, 3), f32(3, 4)" => fn(a, b) einsum("...ij,...jk->...ik", &[a, b]);
        "jnp.einsum('...i,...i', a, b)", "f32(5, 1, 3), f32(2, 3)" => fn(a, b) einsum("...i,...i", &[a, b]);
        "jnp.einsum('i,i->i', a, b)", "f32(3), f32(3)" => fn(a, b) einsum("i,i->i", &[a, b]);
        "jnp.einsum('ij,j->ij', a, b)", "f32(2, 3), f32(3)" => fn(a, b) einsum("ij,j->ij", &[a, b]);
        "jnp.einsum('ji,ij->ij', a, b)", "f32(3, 2), f32(2, 3)" => fn(a, b) einsum("ji,ij->ij", &[a, b]);
        "jnp.einsum('i,j->ij', a, b)", "f32(3), f32(2)" => fn(a, b) einsum("i,j->ij", &[a, b]);
        "jnp.einsum('i,j->', a, b)", "f32(3), f32(2)" => fn(a, b) einsum("i,j->", &[a, b]);
        "jnp.einsum('ij,jk,kl->il', a, b, c)", "f32(2, 3), f32(3, 4), f32(4, 2)" => fn(a, b, c) einsum("ij,jk,kl->il", &[a, b, c]);
        "jnp.einsum('ij,jk,k', a, b, c)", "f32(2, 3), f32(3, 4), f32(4)" => fn(a, b, c) einsum("ij,jk,k", &[a, b, c]);
        "jnp.einsum('bhqd,bhkd->bhqk', a, b)", "f32(2, 2, 3, 4), f32(2, 2, 5, 4)" => fn(a, b) einsum("bhqd,bhkd->bhqk", &[a, b]);
        "jnp.einsum('i,i', a, b)", "i32(3), f32(3)" => fn(a, b) einsum("i,i", &[a, b]);
        "jnp.einsum('ij,ik->i', a, b)", "f32(3, 2), f32(3, 4)" => fn(a, b) einsum("ij,ik->i", &[a, b]);
        "jnp.einsum('ab,bc->ac', a, b)", "boolean(3, 2), boolean(2, 3)" => fn(a, b) einsum("ab,bc->ac", &[a, b]);
        "jnp.einsum('ij,jk,k', a, b, c, optimize=[(0, 1), (0, 1)], preferred_element_type='float32')", "bf16(2, 3), bf16(3, 4), bf16(4)" => fn(a, b, c) {
            einsum_with("ij,jk,k", &[a, b, c], &Path::Stated(vec![(0, 1), (0, 1)]), Product { dtype: Some(raxla_ir::DType::F32), ..Product::default() })
        };
    }
}
