"""Sales orders: drafts, placing, cancelling, reading; the intake that groups what arrives together."""
