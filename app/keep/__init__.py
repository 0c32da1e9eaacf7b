"""What keeps an installation well: backups, check-ups, training, gaps."""
