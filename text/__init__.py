"""Chinese text: normalise, words, masking."""
