"""Pages that are one file: what reports and grading sheets have in common."""
