"""How a file becomes clean, dated, addressable text, and then passages."""
