"""Price lists and the engine that finds a price and says why."""
