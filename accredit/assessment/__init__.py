"""Assessment: one department against one standard, from set-up to decision."""
