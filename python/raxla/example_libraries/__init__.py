"""`raxla.example_libraries`: small libraries of optimizers and of layers, for examples."""
