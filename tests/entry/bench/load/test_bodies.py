import json

from dinghuo.entry.bench.load import LoadConfig, Orders
from dinghuo.entry.bench.load.bodies import requests

SKUS = [f"SKU{n}" for n in range(12)]


def body_of(request: bytes) -> dict[str, object]:
    head, _, body = request.partition(b"\r\n\r\n")
    assert f"Content-Length: {len(body)}".encode() in head.split(b"\r\n")
    parsed: dict[str, object] = json.loads(body)
    return parsed


def bodies(orders: Orders, count: int, seed: int | None = 1) -> list[dict[str, object]]:
    following = requests(LoadConfig(port=1, path="/", orders=orders, requests=1, seed=seed))
    return [body_of(following()[1]) for _ in range(count)]


def test_each_line_draws_from_its_own_part_of_the_skus() -> None:
    orders = Orders.spread(customers=["C0", "C1"], skus=SKUS)
    made = bodies(orders, 200)
    for position, quantity in enumerate(["3", "12", "1", "2", "120"]):
        lines = [body["lines"][position] for body in made]  # type: ignore[index]
        assert {line["quantity"] for line in lines} == {quantity}
        assert {line["sku"] for line in lines} == set(SKUS[position * 2 : position * 2 + 2])
    assert {body["customer"] for body in made} == {"C0", "C1"}


def test_hot_orders_are_one_line_of_one_sku() -> None:
    assert (
        bodies(Orders.hot(customers=["C"], sku="S7"), 2)
        == [{"customer": "C", "lines": [{"sku": "S7", "quantity": "1"}]}] * 2
    )


def test_the_json_around_is_configurable_and_values_are_escaped() -> None:
    orders = Orders(
        customers=['甲"乙'],
        skus=["A\\B", "C"],
        quantities=("1", "2"),
        head='{"buyer":{"code":"$customer"},"rows":[',
        line='["$sku",$quantity]',
        tail='],"note":"x"}',
    )
    assert bodies(orders, 1) == [{"buyer": {"code": '甲"乙'}, "rows": [["A\\B", 1], ["C", 2]], "note": "x"}]


def test_a_seed_repeats_the_orders_but_never_the_keys() -> None:
    orders = Orders.spread(customers=["C0", "C1"], skus=SKUS)
    assert bodies(orders, 20, seed=7) == bodies(orders, 20, seed=7)
    config = LoadConfig(port=1, path="/", orders=orders, requests=1, seed=7)
    first, second = requests(config), requests(config)
    assert len({maker()[0] for maker in (first, second) for _ in range(10)}) == 20


def test_a_long_order_names_no_sku_twice() -> None:
    orders = Orders(customers=["C"], skus=[f"S{n}" for n in range(1000)], quantities=("1",) * 1000)
    lines = bodies(orders, 1)[0]["lines"]
    assert isinstance(lines, list)
    assert len({line["sku"] for line in lines}) == 1000
