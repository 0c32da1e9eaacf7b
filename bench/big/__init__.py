"""A large register: years of an office in minutes, to measure and to look at (`make big`)."""
