"""The clients' types are those of the routes."""

from tools.clients.contract import is_fresh


def test_types_are_fresh() -> None:
    assert is_fresh(), "the routes have changed: run `make types`"
