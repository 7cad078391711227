"""Warehouses and stock: reserve, consume, release; every change of what is on hand is a move."""
