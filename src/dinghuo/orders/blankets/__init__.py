"""Blanket orders: price and quantity agreed beforehand, called off by orders."""
