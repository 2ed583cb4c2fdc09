"""Arabic as extraction leaves it: what is broken, what can be repaired, and what cannot."""
