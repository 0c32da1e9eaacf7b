"""Who keeps watch, and who takes over."""
