"""Say from which warehouses a region is served, and where it lies."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import and_, select

from dinghuo.inventory.tables import sourcing_rule, warehouse
from dinghuo.kit import audit
from dinghuo.kit.actor import Actor
from dinghuo.kit.bulk import UNKNOWN_CODE, among, check_codes, drop, put, resolve
from dinghuo.kit.cache import touch
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import MALFORMED, Message
from dinghuo.kit.faults import Faults
from dinghuo.kit.money import fits
from dinghuo.kit.paging import Page, decode_cursor, page
from dinghuo.parties.tables import region

BAD_SPOT = Message(
    "bad-spot",
    "经纬度须同时填写，纬度在 -90 到 90 之间，经度在 -180 到 180 之间，小数不超过 6 位",
    "Latitude (-90 to 90) and longitude (-180 to 180) go together, with at most 6 decimals",
    MALFORMED,
)
TWICE = Message("sourcing-twice", "仓库 {code} 重复", "Warehouse {code} is named twice", MALFORMED)


class SourcingInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a region's rule is from now on; without warehouses and place there is none."""

    region: str
    warehouses: list[str] = []
    latitude: Decimal | None = None
    longitude: Decimal | None = None


class SourcingView(msgspec.Struct, frozen=True):
    region: str
    region_name: str
    warehouses: list[str]
    latitude: Decimal | None
    longitude: Decimal | None


def check_spot(faults: Faults, line: int, latitude: Decimal | None, longitude: Decimal | None) -> None:
    """A place on earth, or none."""
    if latitude is None and longitude is None:
        return
    if latitude is None or longitude is None or not (_within(latitude, 90) and _within(longitude, 180)):
        faults.add(line, "latitude" if latitude is None or not _within(latitude, 90) else "longitude", BAD_SPOT)


def _within(degrees: Decimal, most: int) -> bool:
    return fits(degrees, most=Decimal(most))


async def save_sourcing(tx: Tx, *, rules: Sequence[SourcingInput], by: Actor) -> int:
    """Replace the rules of these regions, all or none; how many were different."""
    faults = Faults()
    check_codes(faults, [item.region for item in rules], "region")
    named = (code for item in rules for code in item.warehouses)
    ids = await resolve(
        tx,
        {
            "region": (region, "code", [item.region for item in rules]),
            "warehouse": (warehouse, "code", named),
        },
    )
    for line, item in enumerate(rules):
        if item.region not in ids["region"]:
            faults.add(line, "region", UNKNOWN_CODE, code=item.region)
        for i, code in enumerate(item.warehouses):
            if code not in ids["warehouse"]:
                faults.add(line, f"warehouses[{i}]", UNKNOWN_CODE, code=code)
            elif code in item.warehouses[:i]:
                faults.add(line, f"warehouses[{i}]", TWICE, code=code)
        check_spot(faults, line, item.latitude, item.longitude)
    faults.check()
    wanted = {
        ids["region"][item.region]: {
            "region_id": ids["region"][item.region],
            "warehouses": [ids["warehouse"][code] for code in item.warehouses],
            "latitude": item.latitude,
            "longitude": item.longitude,
        }
        for item in rules
    }
    r = sourcing_rule.c
    rows = await tx.rows(select(sourcing_rule).where(r.tenant_id == tx.tenant_id, among(r.region_id, list(wanted))))
    old = {row.region_id: {k: v for k, v in row._mapping.items() if k != "tenant_id"} for row in rows}
    changed = {id: rule for id, rule in wanted.items() if _said(rule) != _said(old.get(id, {}))}
    await put(tx, sourcing_rule, [rule for rule in changed.values() if _said(rule)])
    await drop(tx, sourcing_rule, [(id,) for id, rule in changed.items() if not _said(rule)])
    changes = [
        audit.Change("region", id, "sourcing_set", by, audit.differences(_said(old.get(id, {})), _said(rule)))
        for id, rule in changed.items()
    ]
    await audit.record(tx, changes)
    if changed:
        await touch(tx, "inventory")
    return len(changed)


def _said(rule: dict[str, Any]) -> dict[str, Any]:
    """What a rule says; nothing when it says nothing."""
    return {name: value for name, value in rule.items() if name != "region_id" and value not in (None, [])}


async def list_sourcing(tx: Tx, *, cursor: str | None = None, limit: int = 50) -> Page[SourcingView]:
    """The rules by region."""
    r = sourcing_rule.c
    statement = (
        select(region.c.code, region.c.name, r.warehouses, r.latitude, r.longitude)
        .select_from(sourcing_rule)
        .join(region, and_(region.c.tenant_id == r.tenant_id, region.c.id == r.region_id))
        .where(r.tenant_id == tx.tenant_id, region.c.tenant_id == tx.tenant_id)
        .order_by(region.c.code)
        .limit(limit + 1)
    )
    if cursor is not None:
        statement = statement.where(region.c.code > decode_cursor(cursor, (str,))[0])
    rows = await tx.rows(statement)
    w = warehouse.c
    wanted = {id for row in rows for id in row.warehouses}
    named = await tx.rows(select(w.id, w.code).where(w.tenant_id == tx.tenant_id, among(w.id, list(wanted))))
    codes = {row.id: row.code for row in named}
    return page(
        rows,
        limit,
        lambda row: (row.code,),
        lambda row: SourcingView(
            row.code, row.name, [codes[id] for id in row.warehouses], row.latitude, row.longitude
        ),
    )
