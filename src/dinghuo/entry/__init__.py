"""Ways in: wiring only."""
