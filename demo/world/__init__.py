"""What is true in the pretend operator's world, before any system writes it down in its own way."""
