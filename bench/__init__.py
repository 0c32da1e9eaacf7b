"""Measurements; each prints its figures and the target beside them."""
