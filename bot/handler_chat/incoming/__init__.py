"""What staff press and write in a chat."""
