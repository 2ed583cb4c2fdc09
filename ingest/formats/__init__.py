"""Formats: how the files that ministries publish become lines of text, one module a noun."""
