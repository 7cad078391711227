"""What everything else is grouped by."""

from tests.security.company import ELSE, MINE
from tests.security.founding.founder import Founder


async def found_words(f: Founder) -> None:
    for path, kind in (("units", "unit"), ("brands", "brand"), ("tiers", "tier"), ("channels", "channel")):
        await f.put(path, f.named(kind.upper()))
        f.share(f"{kind}.code", f.code(kind.upper()))
    for path, kind in (("categories", "category"), ("regions", "region")):
        rows = [f.row(f"{kind.upper()}-TOP"), *f.named(kind.upper())]
        rows[1]["parent"] = f.share(f"{kind}.parent", f.code(f"{kind.upper()}-TOP"))
        await f.put(path, rows)
    f.share("category.code", f.code("CATEGORY"))
    await f.put("regions", [f.row(f"REGION-{half}") for half in (MINE, ELSE)])
    await _spare(f)
    await f.put("organisations", [r | {"number_prefix": f.mark} for r in f.named("ORGANISATION")])
    f.share("organisation.code", f.code("ORGANISATION"))
    await f.put("departments", [*f.named("TOP"), *(f.row(f"DEPARTMENT-{h}") for h in (MINE, ELSE))])
    f.share("department.parent", f.code("TOP"))
    for half in (MINE, ELSE):
        f.hold(half, "region.code", f.code(f"REGION-{half}"))
        f.hold(half, "department.code", f.code(f"DEPARTMENT-{half}"))


async def _spare(f: Founder) -> None:
    """One of each that nothing refers to."""
    tables = {
        "brands": "brand",
        "tiers": "tier",
        "channels": "channel",
        "categories": "category",
        "regions": "region",
    }
    for path, kind in {**tables, "units": "unit", "warehouses": "warehouse", "departments": "department"}.items():
        row = f.row(f"{kind.upper()}-SPARE")
        await f.put(path, [row])
        f.share(f"{kind}.spare", row["code"] if kind == "unit" else await f.id_of(kind, "code", row["code"]))
