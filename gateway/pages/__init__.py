"""Pages for people: what is written on them, and in which languages."""
