"""Which entry answers, whether unseen, and what nobody could answer."""
