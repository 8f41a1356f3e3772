"""The path to an award: the least effort that reaches it, proven or with its gap."""
