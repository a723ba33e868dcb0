//! [`Call`]: the arrays that a kernel reads and writes.

use num_complex::Complex;

/// What a kernel is called with.
pub struct Call<'a> {
    /// The operands: shapes and elements, row by row.
    pub inputs: Vec<(&'a [usize], Items<'a>)>,
    /// The elements of the results, of the shapes that the primitive has, to be written.
    pub outputs: Vec<ItemsMut<'a>>,
    /// The value of a parameter.
    pub flag: &'a dyn Fn(&str) -> Result<bool, String>,
}
/// A type of element.
pub(crate) trait Item: Copy + Send + Sync {
    fn input<'a>(items: &Items<'a>) -> Option<&'a [Self]>;
    fn output<'b>(items: &'b mut ItemsMut<'_>) -> Option<&'b mut [Self]>;
}
macro_rules! items { ($($Name:ident $T:ty;)*) => {
    /// Elements to read.
    #[allow(missing_docs)] // the names of the dtypes
    #[derive(Clone, Copy)]
    pub enum Items<'a> { $($Name(&'a [$T])),* }
    /// Elements to write.
    #[allow(missing_docs)] // the names of the dtypes
    pub enum ItemsMut<'a> { $($Name(&'a mut [$T]),)* I32(&'a mut [i32]) }
    $(impl Item for $T {
        fn input<'a>(items: &Items<'a>) -> Option<&'a [$T]> {
            if let Items::$Name(items) = items { Some(items) } else { None }
        }
        fn output<'b>(items: &'b mut ItemsMut<'_>) -> Option<&'b mut [$T]> {
            if let ItemsMut::$Name(items) = items { Some(items) } else { None }
        }
    })*
} }
items! {
    F32 f32;
    F64 f64;
    C64 Complex<f32>;
    C128 Complex<f64>;
}
impl Item for i32 {
    fn input<'a>(_: &Items<'a>) -> Option<&'a [i32]> {
        None
    }
    fn output<'b>(items: &'b mut ItemsMut<'_>) -> Option<&'b mut [i32]> {
        if let ItemsMut::I32(items) = items { Some(items) } else { None }
    }
}
impl<'a> Call<'a> {
    pub(crate) fn input<T: Item>(&self, position: usize) -> Result<&'a [T], String> {
        let input = self.inputs.get(position).and_then(|input| T::input(&input.1));
        input.ok_or_else(|| format!("input {position} is missing, or of another dtype"))
    }
    pub(crate) fn flag(&self, name: &str) -> Result<bool, String> {
        (self.flag)(name)
    }
}
/// The elements of an output, in `count` equal parts.
pub(crate) fn parts<'b, T: Item>(output: &'b mut ItemsMut<'_>, count: usize) -> Result<Vec<&'b mut [T]>, String> {
    let mut rest = T::output(output).ok_or("an output is of another dtype")?;
    let size = rest.len().checked_div(count).unwrap_or(0);
    Ok((0..count)
        .map(|_| {
            let (part, others) = std::mem::take(&mut rest).split_at_mut(size);
            rest = others;
            part
        })
        .collect())
}
