"""The price grid over HTTP: `/api/v1/price-grid`."""

from typing import Annotated

import msgspec
from litestar import Router, get, put
from litestar.params import Parameter, QueryParameter

from dinghuo.identity.principals import StaffPrincipal
from dinghuo.kit.database import Database
from dinghuo.kit.http import needs
from dinghuo.kit.paging import MOST
from dinghuo.pricing import grid
from dinghuo.pricing.grid import Grid, GridFilter
from dinghuo.pricing.save_grid import CellInput, GridSaved
from dinghuo.pricing.save_grid import save_grid as save


class GridCells(msgspec.Struct, forbid_unknown_fields=True):
    """A block of cells, all or nothing."""

    cells: list[CellInput]


@get("/price-grid", opt=needs("pricing.read"))
async def read_grid(
    database: Database,
    staff: StaffPrincipal,
    of_lists: Annotated[list[str], QueryParameter(name="list")],
    search: str | None = None,
    category: str | None = None,
    sku: Annotated[list[str] | None, Parameter(max_items=MOST)] = None,
    filled: bool = False,
    cursor: str | None = None,
    limit: Annotated[int, Parameter(ge=1, le=MOST)] = 50,
) -> Grid:
    """A page of SKUs with their prices in the lists named: one list with all its breaks, or several side by side."""
    wanted = GridFilter(search=search, category=category, skus=sku or (), filled=filled)
    async with database.transaction(staff.tenant_id) as tx:
        return await grid.price_grid(tx, lists=of_lists, wanted=wanted, staff=staff, cursor=cursor, limit=limit)


@put("/price-grid", opt=needs("pricing.write"))
async def save_grid(database: Database, staff: StaffPrincipal, data: GridCells) -> GridSaved:
    """Set and empty up to 10,000 cells, all or nothing, each fault by its cell."""
    return await database.run(staff.tenant_id, lambda tx: save(tx, cells=data.cells, by=staff.actor(), seen_by=staff))


router = Router("/", route_handlers=[read_grid, save_grid], tags=["pricing"])
