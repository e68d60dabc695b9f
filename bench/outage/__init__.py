"""What a gateway answers while the systems behind it fail: faults, judged cell by cell, and under load."""
