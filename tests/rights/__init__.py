"""Who may do what to whose: the generated matrix, and what must stay separate."""
