"""Cards and lists as the handler chat shows them, for every platform."""
