"""Working days, due dates and standing, as pure functions."""
