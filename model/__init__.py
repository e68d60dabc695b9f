"""What every other part speaks about: records, keys, ask, answer, caller, faults. Data only, no I/O."""
