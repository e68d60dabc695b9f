"""The commands of `trunkline`, one a file."""
