"""Credit limits by code, and what was reserved taken up or given back, entry by entry."""

from collections.abc import Awaitable, Callable, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx
import pytest
from tests.callers import Staff
from tests.master import Parties, make_parties
from tests.statements import statements
from tests.support import Tenant

from dinghuo.accounts.consume import consume
from dinghuo.accounts.draws import Draw
from dinghuo.accounts.release import release
from dinghuo.accounts.reserve import Entry, ensure_accounts, lock_credit, write_entries
from dinghuo.accounts.rules import Bucket
from dinghuo.accounts.set_limits import LimitInput, LimitsSet, set_limits
from dinghuo.entry.invariants import broken_invariants
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.errors import Refused
from dinghuo.kit.ids import new_id

BUCKETS: Sequence[Bucket] = ("open", "shipped", "billed", "unapplied")


@pytest.fixture
async def parties(database: Database, tenant: Tenant) -> Parties:
    return await make_parties(database, tenant, "C1", "C2")


async def rows(database: Database, tenant: Tenant, sql: str) -> list[tuple[Any, ...]]:
    async with database.transaction(tenant.id) as tx:
        return [tuple(row.values()) for row in await tx.fetch(sql)]


async def traces(database: Database, tenant: Tenant) -> list[Any]:
    found = [
        await rows(database, tenant, f"select count(*) from {t} where tenant_id = $1")
        for t in ("account_entry", "audit_entry")
    ]
    return [*found, await rows(database, tenant, "select * from account where tenant_id = $1 order by id")]


async def refused(
    database: Database, tenant: Tenant, command: Callable[[Tx], Awaitable[object]]
) -> list[tuple[str, str, int | None]]:
    before = await traces(database, tenant)
    with pytest.raises(Refused) as refusal:
        await database.run(tenant.id, command)
    assert await traces(database, tenant) == before
    return [(fault.message.code, fault.field, fault.line) for fault in refusal.value.faults]


async def make_account(database: Database, tenant: Tenant, parties: Parties, **held: str) -> UUID:
    """The account of C1 with so much in its buckets."""

    async def write(tx: Tx) -> UUID:
        holder = (parties.customers["C1"], tenant.organisation_id, "CNY")
        credits = await lock_credit(tx, [holder])
        account_id = (await ensure_accounts(tx, list(credits.values())))[holder]
        document = new_id()
        entries = [Entry(account_id, name, Decimal(held[name]), "adjust", "opening", document) for name in held]
        await write_entries(tx, entries)
        return account_id

    return await database.run(tenant.id, write)


@pytest.mark.slow
async def test_limits_are_set_and_null_is_unlimited(database: Database, tenant: Tenant, parties: Parties) -> None:
    limits = [LimitInput("C1", Decimal(1000)), LimitInput("C2", None), LimitInput("C2", Decimal(5), currency="USD")]
    first = await database.run(tenant.id, lambda tx: set_limits(tx, limits=limits, by=tenant.owner))
    assert first == LimitsSet(2, 1)
    limits[0] = LimitInput("C1", None)
    again = await database.run(tenant.id, lambda tx: set_limits(tx, limits=limits, by=tenant.owner))
    assert again == LimitsSet(1, 2)
    assert await rows(
        database,
        tenant,
        """select c.code, a.currency, a.credit_limit from account a
        join customer c on c.tenant_id = $1 and c.id = a.customer_id where a.tenant_id = $1 order by 1, 2""",
    ) == [("C1", "CNY", None), ("C2", "USD", Decimal(5))]
    audit = await rows(
        database, tenant, "select changes from audit_entry where tenant_id = $1 and action = 'limit_set' order by id"
    )
    assert audit[-1] == ({"credit_limit": ["1000.00", None]},)


@pytest.mark.slow
async def test_everything_wrong_with_limits_is_said_at_once(
    database: Database, tenant: Tenant, parties: Parties, staff: Staff
) -> None:
    limits = [
        LimitInput("C1", Decimal(-1)),
        LimitInput("NONE", Decimal("0.001"), organisation="NONE", currency="XXX"),
        LimitInput("C2", Decimal(1)),
        LimitInput("C2", Decimal(2), currency="CNY"),
        *(LimitInput("C1", Decimal(no_number), currency="USD") for no_number in ("NaN", "sNaN", "-Infinity")),
    ]
    assert await refused(database, tenant, lambda tx: set_limits(tx, limits=limits, by=tenant.owner)) == [
        ("credit-limit", "items[0].credit_limit", 1),
        ("unknown-code", "items[1].customer", 2),
        ("unknown-code", "items[1].organisation", 2),
        ("credit-currency", "items[1].currency", 2),
        ("credit-limit", "items[1].credit_limit", 2),
        ("credit-limit-twice", "items[3].customer", 4),
        ("credit-limit", "items[4].credit_limit", 5),
        ("credit-limit", "items[5].credit_limit", 6),
        ("credit-limit-twice", "items[5].customer", 6),
        ("credit-limit", "items[6].credit_limit", 7),
        ("credit-limit-twice", "items[6].customer", 7),
    ]
    salesman = await staff.principal("sales")
    assert await refused(
        database, tenant, lambda tx: set_limits(tx, limits=limits[2:3], by=tenant.owner, seen_by=salesman)
    ) == [("unknown-code", "items[0].customer", 1)]


async def test_the_number_of_statements_does_not_depend_on_the_limits(database: Database, tenant: Tenant) -> None:
    codes = [f"K{n}" for n in range(100)]
    await make_parties(database, tenant, *codes)

    async def sent(some: Sequence[str], limit: str) -> int:
        limits = [LimitInput(code, Decimal(limit)) for code in some]
        return await statements(database, tenant, lambda tx: set_limits(tx, limits=limits, by=tenant.owner))

    await sent(codes[:1], "1")
    assert await sent(codes[1:2], "1") == await sent(codes[2:], "1")
    assert await sent(codes[:1], "2") == await sent(codes, "3")


async def test_what_is_consumed_goes_on_and_what_is_released_goes_away(
    database: Database, tenant: Tenant, parties: Parties
) -> None:
    account = await make_account(database, tenant, parties, open="100", unapplied="-30")
    order, bill = new_id(), new_id()

    def draw(bucket: Bucket, amount: str, document: UUID = order) -> Draw:
        return Draw(account, bucket, Decimal(amount), "order" if document == order else "bill", document)

    async def held() -> list[int]:
        ((*amounts,),) = await rows(
            database,
            tenant,
            "select open::int, shipped::int, billed::int, unapplied::int from account where tenant_id = $1",
        )
        return amounts

    shipped = [draw("open", "40"), draw("open", "20"), draw("shipped", "0.5")]
    assert await refused(database, tenant, lambda tx: consume(tx, draws=shipped)) == [
        ("account-bucket-short", "draws[2].amount", 3)
    ]
    await database.run(tenant.id, lambda tx: consume(tx, draws=shipped[:2]))
    assert await held() == [40, 60, 0, -30]
    await database.run(tenant.id, lambda tx: consume(tx, draws=[draw("shipped", "60", bill)]))
    assert await held() == [40, 0, 60, -30]
    paid = [draw("billed", "30", bill), draw("unapplied", "30", bill), draw("open", "40")]
    await database.run(tenant.id, lambda tx: release(tx, draws=paid))
    assert await held() == [0, 0, 30, 0]
    async with database.transaction(tenant.id) as tx:
        broken = await broken_invariants(tx, tenant.id)
    assert [sentence for sentence in broken if sentence.startswith("account")] == []


async def test_nothing_is_drawn_that_is_not_there(database: Database, tenant: Tenant, parties: Parties) -> None:
    account = await make_account(database, tenant, parties, open="10")
    wrong = [
        Draw(account, "open", Decimal(6), "order", new_id()),
        Draw(account, "open", Decimal(5), "order", new_id()),
        Draw(account, "open", Decimal(0), "order", new_id()),
        Draw(account, "open", Decimal("0.001"), "order", new_id()),
        Draw(new_id(), "open", Decimal(1), "order", new_id()),
        Draw(account, "unapplied", Decimal(1), "receipt", new_id()),
    ]
    assert await refused(database, tenant, lambda tx: release(tx, draws=wrong)) == [
        ("account-bucket-short", "draws[1].amount", 2),
        ("account-amount", "draws[2].amount", 3),
        ("account-amount", "draws[3].amount", 4),
        ("account-unknown", "draws[4].account_id", 5),
        ("account-bucket-short", "draws[5].amount", 6),
    ]


@pytest.mark.parametrize("bucket", BUCKETS)
async def test_the_number_of_statements_does_not_depend_on_the_draws(
    database: Database, tenant: Tenant, parties: Parties, bucket: Bucket
) -> None:
    account = await make_account(database, tenant, parties, **{bucket: "-100" if bucket == "unapplied" else "100"})

    async def sent(count: int) -> int:
        draws = [Draw(account, bucket, Decimal(1), "order", new_id()) for _ in range(count)]
        return await statements(database, tenant, lambda tx: release(tx, draws=draws))

    assert await sent(1) == await sent(90) == 3


async def test_accounts_and_entries_over_http_stay_in_scope(
    database: Database, tenant: Tenant, parties: Parties, owner: httpx.AsyncClient, staff: Staff
) -> None:
    account = await make_account(database, tenant, parties, open="70", billed="50", unapplied="-15")
    items = [{"customer": "C1", "credit_limit": "100"}, {"customer": "C2", "credit_limit": "0"}]
    answer = await owner.put("/api/v1/accounts", json={"items": items})
    assert answer.json() == {"updated": 2, "unchanged": 0, "waiting": []}
    listed = (await owner.get("/api/v1/accounts")).json()["items"]
    assert [(row["customer"], row["exposure"], row["room"]) for row in listed] == [
        ("C1", "105.00", "-5.00"),
        ("C2", "0.00", "0.00"),
    ]
    over = (await owner.get("/api/v1/accounts", params={"over_limit": "true"})).json()["items"]
    assert [row["customer"] for row in over] == ["C1"]
    first = (await owner.get("/api/v1/accounts", params={"limit": 1})).json()
    rest = (
        await owner.get(
            "/api/v1/accounts", params={"cursor": first["cursor"], "organisation": listed[0]["organisation"]}
        )
    ).json()
    assert [row["customer"] for row in rest["items"]] == ["C2"]
    entries = (await owner.get(f"/api/v1/accounts/{account}/entries", params={"limit": 2})).json()
    assert [(entry["bucket"], entry["amount"], entry["verb"]) for entry in entries["items"]] == [
        ("unapplied", "-15.00", "adjust"),
        ("billed", "50.00", "adjust"),
    ]
    last = (await owner.get(f"/api/v1/accounts/{account}/entries", params={"cursor": entries["cursor"]})).json()
    assert [entry["bucket"] for entry in last["items"]] == ["open"]
    salesman = await staff("sales")
    assert (await salesman.get("/api/v1/accounts")).json()["items"] == []
    assert (await salesman.get(f"/api/v1/accounts/{account}")).status_code == 404
    assert (await salesman.get(f"/api/v1/accounts/{account}/entries")).status_code == 404
    assert (await salesman.put("/api/v1/accounts", json={"items": items})).status_code == 403
    assert (await owner.put("/api/v1/accounts", json={"items": [{"customer": "C1"}]})).status_code == 422
