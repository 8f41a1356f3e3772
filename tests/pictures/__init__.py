"""`make screenshots`: pictures of every page and of every PDF, to be looked at by people."""
