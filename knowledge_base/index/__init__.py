"""Finding the likeliest entries by words and by vectors."""
