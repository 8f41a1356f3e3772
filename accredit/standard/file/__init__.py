"""A standard's file: read strictly, checked, written back, recognised by its hash."""
