//! [`Placement`]: which part of an array each of its devices holds.

use raxla_ir::{Literal, Shape, ShapedArray, literal::for_each_index};
use std::sync::Arc;

/// Which part of an array each of its devices holds.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub enum Placement {
    /// Every device holds the whole array; usually there is one device.
    #[default]
    Whole,
    /// Each device holds a block: the shards are in the order of the devices. Blocks may be equal, and all have one shape.
    Sharded(Arc<[Shard]>),
}

/// The block of an array that one device holds.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Shard {
    /// The index of the block's first element.
    pub start: Shape,
    /// The shape of the block.
    pub shape: Shape,
}

impl Placement {
    /// The type of what one device holds of an array.
    pub fn local(&self, aval: &ShapedArray) -> ShapedArray {
        match self {
            Placement::Sharded(shards) if !shards.is_empty() => aval.with_shape(&shards[0].shape),
            _ => aval.clone(),
        }
    }
    /// What is wrong with this placement of an array on that many devices, if anything.
    pub(crate) fn fault(&self, aval: &ShapedArray, devices: usize) -> Option<String> {
        let Placement::Sharded(shards) = self else { return None };
        if shards.len() != devices {
            return Some(format!("{} shards for {devices} devices", shards.len()));
        }
        let inside = |shard: &Shard| {
            shard.start.len() == aval.rank()
                && shard.shape.len() == aval.rank()
                && (0..aval.rank()).all(|a| shard.start[a] + shard.shape[a] <= aval.shape[a])
        };
        let wrong = shards.iter().find(|shard| !inside(shard) || shard.shape != shards[0].shape);
        wrong.map(|shard| format!("{shard:?} is no block of {aval}, or not of the first one's shape"))
    }
}

impl Shard {
    /// This block of a literal.
    pub(crate) fn cut(&self, whole: &Literal) -> Literal {
        let mut offsets = Vec::with_capacity(self.shape.iter().product());
        for_each_index(&self.shape, |index| offsets.push(self.offset(whole.shape(), index)));
        whole.gather(&self.shape, None, |i| Some(offsets[i]))
    }
    /// Where the element of the block at `index` is in the whole array, row by row.
    fn offset(&self, whole: &[usize], index: &[usize]) -> usize {
        index.iter().zip(&self.start).zip(whole).fold(0, |offset, ((i, start), size)| offset * size + start + i)
    }
}

/// The array whose blocks are `parts`.
pub(crate) fn assemble(aval: &ShapedArray, shards: &[Shard], parts: &[Literal]) -> Literal {
    let size = aval.dtype.size();
    Literal::build(aval.clone(), |target| {
        for (shard, part) in shards.iter().zip(parts) {
            let mut elements = part.bytes().chunks_exact(size);
            for_each_index(&shard.shape, |index| {
                let offset = shard.offset(&aval.shape, index) * size;
                if let Some(element) = elements.next() {
                    target[offset..offset + size].copy_from_slice(element);
                }
            });
        }
    })
}
