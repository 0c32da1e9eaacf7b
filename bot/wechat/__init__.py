"""The citizen's side: pushes in, answers out."""
