"""What is to be sent: outbox rows, notices to citizens, posts of the handler chat."""
