"""A real installation for tests: its folder, its server process, and people who use it by HTTP."""
