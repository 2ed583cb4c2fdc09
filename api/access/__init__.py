"""Who may do what: callers, passwords, sessions, limits."""
