from typing import Any

import pytest

from dinghuo.entry.bench.load import LoadConfig, Orders

ORDERS = Orders.hot(customers=["C"], sku="S")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"host": "192.0.2.1", "requests": 1}, "loopback"),
        ({}, "either seconds or requests"),
        ({"seconds": 1.0, "requests": 1}, "either seconds or requests"),
        ({"requests": 1, "warm_up_seconds": 1.0}, "not with requests"),
        ({"requests": 1, "connections": 0}, "must be positive"),
        ({"requests": 1, "rate": 0.0}, "must be positive"),
        ({"requests": 1, "headers": {"A": "b\r\nC: d"}}, "line break"),
    ],
)
def test_a_run_that_makes_no_sense_is_refused(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        LoadConfig(port=1, path="/", orders=ORDERS, **wrong)


def test_orders_need_as_many_skus_as_lines() -> None:
    with pytest.raises(ValueError, match="a SKU for each line"):
        Orders.spread(customers=["C"], skus=["A", "B", "C", "D"])
