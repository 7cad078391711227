"""One warehouse over HTTP: edited by whoever read it, removed where it never held anything."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, delete, patch
from litestar.params import HeaderParameter

from dinghuo.identity.edits import code_to_edit
from dinghuo.identity.principals import StaffPrincipal
from dinghuo.inventory.save_warehouses import WarehouseFields, WarehouseInput, save_warehouses
from dinghuo.inventory.tables import warehouse
from dinghuo.kit.bodies import SavedView, saved_view
from dinghuo.kit.bulk import Saved
from dinghuo.kit.cache import touch
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.http import language_of, needs
from dinghuo.kit.remove import remove
from dinghuo.kit.revisions import expected_revision

IfMatch = Annotated[str | None, HeaderParameter(name="If-Match", description="The revision that was read")]
_ADJUST = needs("inventory.adjust")


@patch("/warehouses/{warehouse_id:uuid}", opt=_ADJUST)
async def patch_warehouse(
    request: Request[Any, Any, Any],
    database: Database,
    staff: StaffPrincipal,
    warehouse_id: UUID,
    data: WarehouseFields,
    if_match: IfMatch = None,
) -> SavedView:
    """Change what is given of one warehouse, provided that nobody else changed it meanwhile."""
    revision = expected_revision(if_match)

    async def edit(tx: Tx) -> Saved:
        code = await code_to_edit(tx, warehouse, warehouse_id, revision=revision, what="warehouse")
        item = WarehouseInput(code=code, **msgspec.structs.asdict(data))
        return await save_warehouses(tx, warehouses=[item], by=staff.actor(), path="")

    return saved_view(await database.run(staff.tenant_id, edit), language_of(request))


@delete("/warehouses/{warehouse_id:uuid}", opt=_ADJUST, status_code=204)
async def delete_warehouse(database: Database, staff: StaffPrincipal, warehouse_id: UUID) -> Response[None]:
    """Remove a warehouse in which nothing ever lay; others are closed."""

    async def run(tx: Tx) -> None:
        await remove(tx, warehouse, warehouse_id, by=staff.actor())
        await touch(tx, "inventory")

    await database.run(staff.tenant_id, run)
    return Response(None, status_code=204)


HANDLERS = [patch_warehouse, delete_warehouse]
