"""Which passages could answer a text: vectors, words, and the generations that hold them."""
