"""Whether everybody can use every page: in each language, theme and width, by key and by ear."""
