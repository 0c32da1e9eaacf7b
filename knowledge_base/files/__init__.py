"""The office's files: .jsonl, .csv and .xlsx."""
