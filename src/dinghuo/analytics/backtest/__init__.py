"""What a draft of prices would have done to the orders of the last months, had it held."""
