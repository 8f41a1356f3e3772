"""Evidence: what supports an element, kept under the hash of its content."""
