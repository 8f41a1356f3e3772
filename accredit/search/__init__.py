"""Search: one question put to everything a person may see."""
