"""From outbox rows to posts: rendering, queueing, the courier."""
