"""What a dealer may do: an API surface of its own, composed from the modules below."""
