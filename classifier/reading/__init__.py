"""What is looked at in a message: its words, characters, cues, signals and shape."""
