"""What approved answers leave behind: candidates, wordings, the upkeep of published entries."""
