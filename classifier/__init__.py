"""Sorting messages: category, topic and flags."""
