"""What an operation asks of its sources, predicted by a rehearsal and seen in a run."""
