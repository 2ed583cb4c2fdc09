"""Feeds: pages of allow-listed hosts, fetched so that no address leads anywhere else."""
