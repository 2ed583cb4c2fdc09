"""The HTTP interface, a module for each thing that can be asked of it."""
