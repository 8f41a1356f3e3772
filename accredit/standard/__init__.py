"""Standards as data: what a service must show, how it is scored, when it is accredited."""
