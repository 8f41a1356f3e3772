"""The demonstration: an invented municipality, its people, and two years of their work."""
