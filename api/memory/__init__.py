"""Memory: the database of records. Nothing outside this package knows that it speaks SQL."""
