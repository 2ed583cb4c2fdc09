"""The page on which people grade answers."""
