//! [`Rows`]: what `iter(x)` gives, the rows of an array one after the other.

use crate::{
    array::{Array, Value},
    border::of_runtime,
    session::{lift, lift_data, run},
};
use pyo3::prelude::*;
use raxla::{Literal, Tracer, constant, runtime};

/// How many rows are cut out at once: programs of thousands of results compile for minutes.
const CHUNK: usize = 100;

/// The rows of an array, cut out as they are asked for, [`CHUNK`] at once. Those of a traced array are cut out together.
#[pyclass(name = "Rows", module = "raxla._raxla")]
pub struct Rows {
    array: Py<Array>,
    /// How many there are, and how many were cut out.
    total: usize,
    cut: usize,
    /// Those that were cut out and not given yet.
    ready: std::vec::IntoIter<Py<Array>>,
}
impl Rows {
    /// All rows of an array of `total` of them, from the first on.
    pub fn of(array: &Bound<Array>, total: usize) -> Rows {
        Rows { array: array.clone().unbind(), total, cut: 0, ready: vec![].into_iter() }
    }
    /// The next rows: a program that knows how many there are, and takes where they begin as an input.
    fn chunk(&self, py: Python) -> PyResult<Vec<Py<Array>>> {
        let array = self.array.bind(py);
        let (size, start) = match &array.get().value {
            Value::Array(data) if self.total > CHUNK => {
                let start = Literal::from(self.cut as i64);
                let start = py.detach(|| runtime::Array::from_literal(&start, &data.device()));
                (CHUNK.min(self.total - self.cut), Some(start.map_err(|e| of_runtime(py, e))?))
            }
            _ => (self.total, None),
        };
        let (rows, ()) = run(py, "iter", || {
            let x = lift(array);
            let part = start.map_or(x, |start| {
                let mut shape = x.shape();
                shape[0] = size;
                let mut starts: Vec<Tracer> = vec![constant(0i64); shape.len()];
                starts[0] = lift_data(&start);
                x.dynamic_slice(&starts, &shape)
            });
            Ok(((0..size).map(|i| part.index(i)).collect(), ()))
        })?;
        Ok(rows)
    }
}
#[pymethods]
impl Rows {
    fn __iter__(slf: Py<Rows>) -> Py<Rows> {
        slf
    }
    fn __next__(&mut self, py: Python) -> PyResult<Option<Py<Array>>> {
        if self.ready.len() == 0 && self.cut < self.total {
            let rows = self.chunk(py)?;
            self.cut += rows.len();
            self.ready = rows.into_iter();
        }
        Ok(self.ready.next())
    }
}
