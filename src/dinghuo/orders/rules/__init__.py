"""What an order must come to, what its freight costs, when it can be delivered, how much of a SKU a channel has."""
