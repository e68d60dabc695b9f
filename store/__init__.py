"""What Trunkline itself keeps: who its users are, which keys they carry, who is signed in. Never an upstream's data."""
