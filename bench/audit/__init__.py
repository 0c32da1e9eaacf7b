"""Whether a published advisory concerns a pinned dependency: offline, against a file that is kept here and says its age."""
