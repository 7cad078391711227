"""The real files beside the checkout."""

from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def order_book() -> Path:
    """The folder of the real order book; the test is skipped, and says so, where it is absent."""
    folder = CHECKOUT.parent / "shared" / "data" / "online-retail"
    if not folder.is_dir():
        pytest.skip(f"the real order book is not beside the checkout ({folder})")
    return folder
