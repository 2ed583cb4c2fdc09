"""Other people's ways to find passages, measured beside ours, each in an environment of its own."""
