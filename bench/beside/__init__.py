"""What others would run instead, in an environment of its own, measured in the same run (`make bench`)."""
