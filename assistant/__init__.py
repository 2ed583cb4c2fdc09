"""What the answer is, which words prove it, or why there is none."""
