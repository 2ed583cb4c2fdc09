"""The report: a run, or two of them, as one HTML file that needs nothing else."""
