"""One's saved views of lists."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Router, delete, get, patch, post, put
from litestar.params import HeaderParameter, QueryParameter

from dinghuo.identity import save_view
from dinghuo.identity.permissions import OWN_ACCOUNT, SIGNED_IN
from dinghuo.identity.principals import StaffPrincipal
from dinghuo.identity.save_view import NewView, ViewFields, ViewOrder
from dinghuo.identity.saved_views import SavedViewItem, list_views
from dinghuo.kit.database import Database
from dinghuo.kit.http import needs, once
from dinghuo.kit.paging import Page
from dinghuo.kit.revisions import expected_revision

IfMatch = Annotated[str | None, HeaderParameter(name="If-Match", description="The revision that was read")]
_OWN, _ACCOUNT = needs(SIGNED_IN), needs(OWN_ACCOUNT)


@get("/", opt=_OWN)
async def read_views(
    database: Database, staff: StaffPrincipal, of_list: Annotated[str, QueryParameter(name="list")]
) -> Page[SavedViewItem]:
    """One's own views of a list in one's own order, then those that others share."""
    async with database.transaction(staff.tenant_id) as tx:
        return Page(await list_views(tx, staff=staff, of_list=of_list))


@post("/", opt=_OWN, status_code=201)
async def create_view(
    request: Request[Any, Any, Any], database: Database, staff: StaffPrincipal, data: NewView
) -> SavedViewItem:
    """Keep a view."""
    return await once(
        request, database, staff, lambda tx: save_view.create_view(tx, staff=staff, view=data), SavedViewItem
    )


@patch("/{view_id:uuid}", opt=_ACCOUNT)
async def edit_view(
    database: Database, staff: StaffPrincipal, view_id: UUID, data: ViewFields, if_match: IfMatch = None
) -> SavedViewItem:
    """Change one's own view, provided that nothing changed it meanwhile."""
    revision = expected_revision(if_match)
    return await database.run(
        staff.tenant_id,
        lambda tx: save_view.edit_view(tx, staff=staff, view_id=view_id, fields=data, revision=revision),
    )


@delete("/{view_id:uuid}", opt=_ACCOUNT)
async def remove_view(database: Database, staff: StaffPrincipal, view_id: UUID) -> None:
    """Throw a view away."""
    await database.run(staff.tenant_id, lambda tx: save_view.remove_view(tx, staff=staff, view_id=view_id))


@put("/order", opt=_ACCOUNT)
async def arrange_views(database: Database, staff: StaffPrincipal, data: ViewOrder) -> Page[SavedViewItem]:
    """Put one's own views of a list in order."""
    return Page(await database.run(staff.tenant_id, lambda tx: save_view.arrange_views(tx, staff=staff, order=data)))


router = Router(
    "/saved-views", route_handlers=[read_views, create_view, edit_view, remove_view, arrange_views], tags=["identity"]
)
