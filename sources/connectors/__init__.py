"""One way of speaking to a kind of system a file; they do not know each other."""
