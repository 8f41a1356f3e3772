"""Keeping a whole instance elsewhere, bringing it back, and moving it to another database.

A backup is a folder: one SQLite database whatever the instance runs on, every stored file
under its hash, the signed heads of the trail, and a manifest with the hash of each of them.
"""
