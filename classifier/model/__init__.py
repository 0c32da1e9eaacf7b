"""A fitted model: plain numbers that serve, how they are kept, and the second look at short messages."""
