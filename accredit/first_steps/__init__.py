"""From an empty installation to a first assessment under way: what is still to be set up."""
