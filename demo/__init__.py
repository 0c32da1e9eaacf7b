"""The simulator: one page that plays both platforms."""
