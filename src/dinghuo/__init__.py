"""Dinghuo 订货: order management for companies that sell to other companies."""
