"""The event trail as a page and as a file: who did what, when, to what."""
