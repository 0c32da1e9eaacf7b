"""The entry, its words, its time and its source."""
