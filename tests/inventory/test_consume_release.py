"""What documents hold leaves the warehouse or becomes free again, and never more than they hold."""

from decimal import Decimal
from uuid import UUID

from tests.inventory.conftest import Depot
from tests.statements import statements

from dinghuo.inventory.consume import Use, consume
from dinghuo.inventory.promises import lock_promises
from dinghuo.inventory.release import Part, release, release_promises
from dinghuo.inventory.set_allowance import Allowance, set_allowances

A1, A2 = ("A", "W1"), ("A", "W2")


async def take_out(depot: Depot, *uses: Use) -> list[Decimal]:
    return [change.consumed for change in await depot.run(lambda tx: consume(tx, uses=uses, by=depot.by))]


async def give_back(depot: Depot, *parts: Part) -> list[Decimal]:
    return [change.released for change in await depot.run(lambda tx: release(tx, parts=parts))]


async def test_goods_leave_line_by_line_part_by_part(depot: Depot) -> None:
    await depot.receive("A", 20)
    document = await depot.promise(("A", 6), ("A", 4))
    assert await take_out(depot, Use(document, 1, Decimal(2)), Use(document, 2)) == [2, 4]
    assert await depot.promises(document) == [(1, 4, 0, 2, 0), (2, 0, 0, 4, 0)]
    assert (await depot.levels())[A1] == (14, 0, 4)
    assert await depot.rows(
        """select quantity::int, document_kind, document_id, line_no from stock_move
        where tenant_id = $1 and kind = 'issue' order by line_no"""
    ) == [(-2, "order", document, 1), (-4, "order", document, 2)]
    assert await take_out(depot, Use(document, 2), Use(document, 9)) == []


async def test_a_line_that_holds_in_two_warehouses_gives_from_the_one_named(depot: Depot) -> None:
    await depot.receive("A", 3)
    await depot.receive("A", 2, "W2")
    document = await depot.promise(("A", 5))
    west = depot.warehouses["W2"]
    refused = await depot.refused(lambda tx: consume(tx, uses=[Use(document, 1, Decimal(3), west)], by=depot.by))
    assert refused == [("stock-not-held", "uses[0].quantity", 1)]
    assert await take_out(depot, Use(document, 1, Decimal(2), west)) == [2]
    assert await depot.levels() == {A1: (3, 0, 3), A2: (0, 0, 0)}
    assert await take_out(depot, Use(document, 1, Decimal(3))) == [3]


async def test_nothing_leaves_twice_or_beyond_what_is_held(depot: Depot) -> None:
    await depot.receive("A", 10)
    document = await depot.promise(("A", 6), ("B", 2))
    uses = [
        Use(document, 1, Decimal(4)),
        Use(document, 1, Decimal(3)),
        Use(document, 2, Decimal(1)),
        Use(document, 1, Decimal(-1)),
    ]
    assert await depot.refused(lambda tx: consume(tx, uses=uses, by=depot.by)) == [
        ("stock-not-held", "uses[1].quantity", 2),
        ("stock-not-held", "uses[2].quantity", 3),
        ("stock-not-held", "uses[3].quantity", 4),
    ]


async def test_what_is_promised_of_a_pre_sale_cannot_leave_before_it_arrives(depot: Depot) -> None:
    allow = [Allowance("W1", "A", Decimal(10))]
    await depot.run(lambda tx: set_allowances(tx, allowances=allow, by=depot.by))
    document = await depot.promise(("A", 6))
    await depot.receive("A", 4)
    assert await depot.refused(lambda tx: consume(tx, uses=[Use(document, 1)], by=depot.by)) == [
        ("stock-not-arrived", "uses", None)
    ]
    assert await take_out(depot, Use(document, 1, Decimal(4))) == [4]
    assert (await depot.levels())[A1] == (0, 10, 2)


async def test_a_part_released_comes_first_of_what_is_waited_for(depot: Depot) -> None:
    await depot.receive("A", 5)
    document = await depot.promise(("A", 8))
    assert await give_back(depot, Part(document, 1, Decimal(4))) == [4]
    assert await depot.promises(document) == [(1, 4, 0, 0, 4)]
    assert (await depot.levels())[A1] == (5, 0, 4)
    too_much = [Part(document, 1, Decimal(5)), Part(document, 2, Decimal(1)), Part(document, 1, Decimal(-1))]
    assert await depot.refused(lambda tx: release(tx, parts=too_much)) == [
        ("stock-not-promised", "parts[0].quantity", 1),
        ("stock-not-promised", "parts[1].quantity", 2),
        ("stock-not-promised", "parts[2].quantity", 3),
    ]
    assert await give_back(depot, Part(document, 1), Part(document, 7)) == [4]
    assert (await depot.levels())[A1] == (5, 0, 0)


async def test_what_comes_free_goes_to_those_who_wait(depot: Depot) -> None:
    await depot.receive("A", 10)
    first = await depot.promise(("A", 10))
    second = await depot.promise(("A", 4))
    third = await depot.promise(("A", 9))

    async def cancel(document: UUID) -> None:
        async def command(tx):  # type: ignore[no-untyped-def]
            return await release_promises(tx, await lock_promises(tx, [document]))

        await depot.run(command)

    await cancel(first)
    assert await depot.promises(first) == [(1, 0, 0, 0, 10)]
    assert await depot.promises(second) == [(1, 4, 0, 0, 0)]
    assert await depot.promises(third) == [(1, 6, 3, 0, 0)]
    assert (await depot.levels())[A1] == (10, 0, 10)
    assert [(kind, id) for kind, id, _ in await depot.news()] == [
        ("inventory.filled", second),
        ("inventory.filled", third),
    ]


async def test_the_number_of_statements_does_not_depend_on_the_lines(depot: Depot) -> None:
    async def sent(size: int) -> tuple[int, int]:
        for sku in ("A", "B"):
            await depot.count(sku, 10_000 * size)
        document = await depot.promise(*[("A", 1), ("B", 1)] * size)
        for sku in ("A", "B"):
            await depot.promise((sku, 20_000 * size))
        lines = range(1, 2 * size + 1)
        uses = [Use(document, line, Decimal(1)) for line in lines[:size]]
        parts = [Part(document, line, Decimal(1)) for line in lines[size:]]
        return (
            await statements(depot.database, depot.tenant, lambda tx: consume(tx, uses=uses, by=depot.by)),
            await statements(depot.database, depot.tenant, lambda tx: release(tx, parts=parts)),
        )

    assert await sent(2) == await sent(40)
