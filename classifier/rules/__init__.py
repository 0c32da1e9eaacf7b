"""What people should review: patterns with reasons and examples, wordings, thresholds with their measurements."""
