"""Categories, brands, units and assortments, for staff and systems."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, patch, put
from litestar.params import HeaderParameter, Parameter

from dinghuo.catalogue import assortment_queries
from dinghuo.catalogue.assortment_queries import AssortmentInclude, AssortmentView
from dinghuo.catalogue.edit import edit_assortment
from dinghuo.catalogue.save_assortments import AssortmentFields, AssortmentInput
from dinghuo.catalogue.save_assortments import save_assortments as save_all_assortments
from dinghuo.catalogue.tables import brand, category, unit
from dinghuo.identity.http.words import WordList, word_routes
from dinghuo.identity.principals import StaffPrincipal
from dinghuo.kit.bodies import Items, SavedView, saved_view
from dinghuo.kit.database import Database
from dinghuo.kit.http import language_of, needs
from dinghuo.kit.missing import missing
from dinghuo.kit.paging import Page
from dinghuo.kit.revisions import etag, expected_revision
from dinghuo.kit.words import (
    NamedView,
    NodeView,
    PlacedNodeFields,
    PlacedNodeInput,
    WordFields,
    WordInput,
    WordView,
)

Limit = Annotated[int, Parameter(ge=1, le=200)]
IfMatch = Annotated[str | None, HeaderParameter(name="If-Match", description="The revision that was read")]
_READ, _WRITE = needs("catalogue.read"), needs("catalogue.write")


WORDS = (
    WordList("categories", "categories", category, "catalogue", NodeView, PlacedNodeInput, PlacedNodeFields),
    WordList("brands", "brands", brand, "catalogue", NamedView, WordInput, WordFields),
    WordList("units", "units of measure", unit, "catalogue", WordView, WordInput, WordFields),
)


@get("/assortments", opt=_READ)
async def list_assortments(
    database: Database,
    staff: StaffPrincipal,
    include: list[AssortmentInclude] | None = None,
    cursor: str | None = None,
    limit: Limit = 50,
) -> Page[AssortmentView]:
    """Assortments by code."""
    async with database.transaction(staff.tenant_id) as tx:
        return await assortment_queries.list_assortments(
            tx, seen_by=staff, cursor=cursor, limit=limit, include=include or ()
        )


@put("/assortments", opt=_WRITE)
async def save_assortments(
    request: Request[Any, Any, Any], database: Database, staff: StaffPrincipal, data: Items[AssortmentInput]
) -> SavedView:
    """Create or update assortments by code, all or nothing; audience and items, when given, are all there are."""
    saved = await database.run(
        staff.tenant_id,
        lambda tx: save_all_assortments(tx, assortments=data.items, by=staff.actor(), within=staff),
    )
    return saved_view(saved, language_of(request))


@get("/assortments/{assortment_id:uuid}", opt=_READ)
async def get_assortment(
    database: Database,
    staff: StaffPrincipal,
    assortment_id: UUID,
    include: list[AssortmentInclude] | None = None,
) -> Response[AssortmentView]:
    """One assortment; the ETag is its revision."""
    async with database.transaction(staff.tenant_id) as tx:
        view = await assortment_queries.get_assortment(tx, assortment_id, seen_by=staff, include=include or ())
    if view is None:
        raise missing("assortment", assortment_id)
    return Response(view, headers={"etag": etag(view.revision)})


@patch("/assortments/{assortment_id:uuid}", opt=_WRITE)
async def patch_assortment(
    request: Request[Any, Any, Any],
    database: Database,
    staff: StaffPrincipal,
    assortment_id: UUID,
    data: AssortmentFields,
    if_match: IfMatch = None,
) -> SavedView:
    """Change what is given of one assortment, provided that nobody else changed it meanwhile."""
    revision = expected_revision(if_match)
    saved = await database.run(
        staff.tenant_id,
        lambda tx: edit_assortment(
            tx, assortment_id=assortment_id, fields=data, revision=revision, by=staff.actor(), within=staff
        ),
    )
    return saved_view(saved, language_of(request))


HANDLERS = [
    *(route for words in WORDS for route in word_routes(words)),
    list_assortments,
    save_assortments,
    get_assortment,
    patch_assortment,
]
