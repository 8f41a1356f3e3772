"""People, organisations, departments, roles and what each role may do."""
