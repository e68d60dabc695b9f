"""What answers are made of, one medium a file."""
