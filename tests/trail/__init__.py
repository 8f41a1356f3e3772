"""The event trail."""
