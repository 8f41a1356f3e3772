"""Sign-in, accounts, people and organisations."""
