"""Customers and the words that group them, for staff and systems."""

from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import Request, Response, Router, get, patch, put
from litestar.di import Provide
from litestar.params import HeaderParameter, Parameter, QueryParameter

from dinghuo.identity.http.words import WordList, word_routes
from dinghuo.identity.principals import StaffPrincipal
from dinghuo.kit.bodies import Items, SavedView, saved_view
from dinghuo.kit.database import Database
from dinghuo.kit.http import language_of, needs
from dinghuo.kit.missing import missing
from dinghuo.kit.paging import Page
from dinghuo.kit.revisions import etag, expected_revision
from dinghuo.kit.words import NamedView, NodeFields, NodeInput, NodeView, WordFields, WordInput
from dinghuo.parties.edit_customer import edit_customer
from dinghuo.parties.queries import CustomerFilter, CustomerView, Include
from dinghuo.parties.queries import get_customer as read_customer
from dinghuo.parties.queries import list_customers as page_of_customers
from dinghuo.parties.save_customers import CustomerFields, CustomerInput
from dinghuo.parties.save_customers import save_customers as save
from dinghuo.parties.tables import channel, region, tier

Limit = Annotated[int, Parameter(ge=1, le=200)]
IfMatch = Annotated[str | None, HeaderParameter(name="If-Match", description="The revision that was read")]
_READ, _WRITE = needs("parties.read"), needs("parties.write")


def customer_filter(
    search: str | None = None,
    tier: str | None = None,
    region: str | None = None,
    channel: str | None = None,
    parent: str | None = None,
    owner: str | None = None,
    department: str | None = None,
    in_state: Annotated[Literal["active", "blocked", "closed"] | None, QueryParameter(name="state")] = None,
) -> CustomerFilter:
    """The filters of a list of customers."""
    return CustomerFilter(
        search=search,
        tier=tier,
        region=region,
        channel=channel,
        parent=parent,
        owner=owner,
        department=department,
        state=in_state,
    )


FILTER = {"wanted": Provide(customer_filter, sync_to_thread=False)}


@get("/customers", opt=_READ, dependencies=FILTER)
async def list_customers(
    database: Database,
    staff: StaffPrincipal,
    wanted: CustomerFilter,
    include: list[Include] | None = None,
    cursor: str | None = None,
    limit: Limit = 50,
) -> Page[CustomerView]:
    """Customers by code; of a search (code, name, pinyin, initials) the best first. A region means all below it."""
    async with database.transaction(staff.tenant_id) as tx:
        return await page_of_customers(
            tx, seen_by=staff, wanted=wanted, cursor=cursor, limit=limit, include=include or ()
        )


@put("/customers", opt=_WRITE)
async def save_customers(
    request: Request[Any, Any, Any], database: Database, staff: StaffPrincipal, data: Items[CustomerInput]
) -> SavedView:
    """Create or update up to 10,000 customers by code, all or nothing. Fields left out stay as they are."""
    saved = await database.run(
        staff.tenant_id, lambda tx: save(tx, customers=data.items, by=staff.actor(), within=staff)
    )
    return saved_view(saved, language_of(request))


@get("/customers/{customer_id:uuid}", opt=_READ)
async def get_customer(
    database: Database, staff: StaffPrincipal, customer_id: UUID, include: list[Include] | None = None
) -> Response[CustomerView]:
    """One customer; the ETag is its revision."""
    async with database.transaction(staff.tenant_id) as tx:
        view = await read_customer(tx, customer_id, seen_by=staff, include=include or ())
    if view is None:
        raise missing("customer", customer_id)
    return Response(view, headers={"etag": etag(view.revision)})


@patch("/customers/{customer_id:uuid}", opt=_WRITE)
async def patch_customer(
    request: Request[Any, Any, Any],
    database: Database,
    staff: StaffPrincipal,
    customer_id: UUID,
    data: CustomerFields,
    if_match: IfMatch = None,
) -> SavedView:
    """Change what is given of one customer, provided that nobody else changed it meanwhile."""
    revision = expected_revision(if_match)
    saved = await database.run(
        staff.tenant_id,
        lambda tx: edit_customer(
            tx, customer_id=customer_id, fields=data, revision=revision, by=staff.actor(), within=staff
        ),
    )
    return saved_view(saved, language_of(request))


WORDS = (
    WordList("tiers", "customer tiers", tier, "parties", NamedView, WordInput, WordFields),
    WordList("channels", "sales channels", channel, "parties", NamedView, WordInput, WordFields),
    WordList("regions", "regions", region, "parties", NodeView, NodeInput, NodeFields),
)

router = Router(
    "/",
    route_handlers=[
        list_customers,
        save_customers,
        get_customer,
        patch_customer,
        *(route for words in WORDS for route in word_routes(words)),
    ],
    tags=["parties"],
)
