"""One lookup asked for real, and looked at closely: what went out, what came, and what became of it."""
