"""What citizens wrote that is more than a case: incidents and advice worth keeping."""
