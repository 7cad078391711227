"""The demo company as pure data and pure drawing: an invented food-and-beverage distributor, no database."""
