"""What the tenant has already of what a file names: asked once, before anything is planned."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from decimal import Decimal
from uuid import UUID, uuid5

from dinghuo.catalogue.facts import SkuFacts, load_skus
from dinghuo.identity.facts import load_tenant
from dinghuo.integrations.sheets import LineTable
from dinghuo.kit.database import Tx
from dinghuo.kit.idempotency import Key, look_up
from dinghuo.kit.texts import storable

ROUTE = "import:order-lines"
OPENING_ROUTE = "import:order-lines:opening"
_IMPORTS = UUID("0198c1f0-0000-7000-8000-00000000000b")


def import_principal(tenant_id: int) -> UUID:
    """Whose keys the imports of a tenant are: the same in every run, whoever starts it."""
    return uuid5(_IMPORTS, f"{ROUTE} {tenant_id}")


def list_code(currency: str) -> str:
    """The base price list that imports fill."""
    return f"ORDER-BOOK-{currency}"


@dataclass(frozen=True, slots=True)
class Known:
    """`digests` are those of the invoices imported before, by number; `returned` what of them stands as a return, by
    number and line; `numbers` belong to what no import made. `available` is what of each SKU can be promised.
    `books` are the files whose opening stock was booked; `priced` the SKUs in the imports' price lists, by currency;
    `other_lists` the currencies in which another base price list is published.
    """

    zone: tzinfo = UTC
    currency: str = "CNY"
    digests: Mapping[str, str] = field(default_factory=dict)
    returned: Mapping[tuple[str, int], Decimal] = field(default_factory=dict)
    numbers: frozenset[str] = frozenset()
    customers: frozenset[str] = frozenset()
    skus: Mapping[str, SkuFacts] = field(default_factory=dict)
    available: Mapping[str, Decimal] = field(default_factory=dict)
    books: frozenset[str] = frozenset()
    priced: Mapping[str, frozenset[str]] = field(default_factory=dict)
    other_lists: frozenset[str] = frozenset()


_RETURNED = """
select number, line_no, sum(quantity) as quantity from historical_return
where tenant_id = $1 and order_id is null and number = any($2::text[]) group by number, line_no
"""
_NUMBERS = """
select number from sales_order where tenant_id = $1 and number = any($2::text[])
union select number from historical_return where tenant_id = $1 and number = any($2::text[])
"""
_CUSTOMERS = "select code from customer where tenant_id = $1 and code = any($2::text[])"
_AVAILABLE = """
select k.code, sum(greatest(s.on_hand + s.allowance - s.reserved - s.safety - s.barred, 0)) as available
from stock s
join sku k on k.tenant_id = $1 and k.id = s.sku_id
join warehouse w on w.tenant_id = $1 and w.id = s.warehouse_id and w.state = 'active'
where s.tenant_id = $1 and k.code = any($2::text[]) group by k.code
"""
_BOOKS = "select key from idempotency_key where tenant_id = $1 and principal_id = $2 and route = $3"
_PRICED = """
select distinct l.currency, k.code from price_list l
join price_entry e on e.tenant_id = $1 and e.list_id = l.id
join sku k on k.tenant_id = $1 and k.id = e.sku_id
where l.tenant_id = $1 and l.code = any($2::text[])
"""
_OTHER_LISTS = """
select distinct currency from price_list
where tenant_id = $1 and kind = 'base' and state = 'published' and code <> all($2::text[])
"""


async def load_known(tx: Tx, table: LineTable) -> Known:
    """Look up the numbers, customers and SKUs of a file."""
    tenant = await load_tenant(tx)
    organisation = next(iter(tenant.organisations.values()))
    principal = import_principal(tx.tenant_id)
    numbers, sku_codes = _texts(table, "order_number"), _texts(table, "sku_code")
    customer_codes = storable({*_texts(table, "customer_code"), *_texts(table, "customer_name")})
    keys = await look_up(tx, [Key(principal, ROUTE, number, "") for number in numbers])
    digests = {key: known.body_hash for (_, _, key), known in keys.items()}
    taken = await tx.fetch(_NUMBERS, numbers)
    skus = await load_skus(tx, sku_codes)
    currencies = {organisation.currency, *_texts(table, "currency")}
    priced: dict[str, set[str]] = {}
    for row in await tx.fetch(_PRICED, [list_code(currency) for currency in currencies]):
        priced.setdefault(row["currency"], set()).add(row["code"])
    others = await tx.fetch(_OTHER_LISTS, [list_code(currency) for currency in currencies])
    return Known(
        zone=tenant.zone,
        currency=organisation.currency,
        digests=digests,
        returned={
            (row["number"], row["line_no"]): row["quantity"] for row in await tx.fetch(_RETURNED, list(digests))
        },
        numbers=frozenset(row["number"] for row in taken) - digests.keys(),
        customers=frozenset(row["code"] for row in await tx.fetch(_CUSTOMERS, customer_codes)),
        skus={code: skus[code] for code in sku_codes if code in skus},
        available={row["code"]: row["available"] for row in await tx.fetch(_AVAILABLE, sku_codes)},
        books=frozenset(row["key"] for row in await tx.fetch(_BOOKS, principal, OPENING_ROUTE)),
        priced={currency: frozenset(codes) for currency, codes in priced.items()},
        other_lists=frozenset(row["currency"] for row in others),
    )


def _texts(table: LineTable, name: str) -> list[str]:
    return storable(text for text in set(table.columns.get(name, ())) if text is not None)
