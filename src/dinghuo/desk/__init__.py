"""What the seller's console reads and does across modules, composed from those below."""
