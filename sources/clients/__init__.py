"""HTTP clients, each behind one method: a request out, its whole answer back, or a fault."""
