"""What stands between a client's document and its execution: bounds, policy, and the cost before the first call."""
