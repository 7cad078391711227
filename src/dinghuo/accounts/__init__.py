"""Bounded balances of customers: credit. Reserve, consume, release; every change is an entry."""
