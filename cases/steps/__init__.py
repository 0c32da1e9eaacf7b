"""The way of a message, a file a step: receive, triage, assign, draft, review, reply."""
