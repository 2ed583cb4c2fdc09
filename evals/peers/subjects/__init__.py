"""What is measured, each a module with `load`; `loop` runs one of them in its own Python."""
