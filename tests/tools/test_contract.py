"""The clients' types are those of the routes."""

import pytest
from tools.clients.contract import is_fresh

pytestmark = pytest.mark.slow


def test_types_are_fresh() -> None:
    assert is_fresh(), "the routes have changed: run `make types`"
