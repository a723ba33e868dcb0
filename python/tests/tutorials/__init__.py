"""JAX's tutorials, by topic, in programs of our own; `test_tutorials.py` runs them."""
