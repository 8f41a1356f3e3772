"""Decisions and certificates: who grants, what is printed, what the public may check."""
