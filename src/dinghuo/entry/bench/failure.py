"""Why there is no figure to believe."""


class BenchFailed(Exception):
    """A measurement could not be made or must not be believed; the message says why."""
