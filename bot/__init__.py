"""The doors to the chats: WeChat for citizens, the handler chat for staff."""
