"""The company's orders and addresses, and its shopping lists, over HTTP: under /portal/v1."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, delete, get, post, put
from litestar.di import Provide
from litestar.params import HeaderParameter, Parameter, QueryParameter

from dinghuo.identity.principals import DealerPrincipal
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.http import language_of, needs, once
from dinghuo.kit.paging import MOST, Page
from dinghuo.kit.revisions import etag, expected_revision
from dinghuo.orders.cancel import cancel
from dinghuo.orders.http import CancelRequest
from dinghuo.parties.addresses import AddressFields, list_addresses, remove_address, save_address
from dinghuo.parties.queries import AddressView
from dinghuo.portal import shopping_lists
from dinghuo.portal.order_views import DealerOrder, DealerOrderDetail
from dinghuo.portal.orders import OrderFilter, StageFilter, get_order, list_orders
from dinghuo.portal.shopping_lists import ListContent, ListSummary, ListView

AnyRequest = Request[Any, Any, Any]
Limit = Annotated[int, Parameter(ge=1, le=MOST)]
IfMatch = Annotated[str | None, HeaderParameter(name="If-Match", description="The revision that was read")]
_READ, _PLACE = needs("portal.orders.read"), needs("portal.orders.place")
_ADDRESSES = needs("portal.addresses.write")


def order_filter(
    in_state: Annotated[str | None, QueryParameter(name="state")] = None,
    stage: StageFilter | None = None,
    search: str | None = None,
    placed_from: date | None = None,
    placed_until: date | None = None,
) -> OrderFilter:
    """What the list is narrowed to; `search` looks for numbers, the company's own too."""
    return OrderFilter(state=in_state, stage=stage, search=search, placed_from=placed_from, placed_until=placed_until)


@get("/orders", opt=_READ, dependencies={"wanted": Provide(order_filter, sync_to_thread=False)})
async def read_orders(
    database: Database,
    dealer: DealerPrincipal,
    wanted: OrderFilter,
    cursor: str | None = None,
    limit: Limit = 50,
) -> Page[DealerOrder]:
    """The company's orders, the newest first."""
    async with database.transaction(dealer.tenant_id) as tx:
        return await list_orders(tx, dealer=dealer, wanted=wanted, cursor=cursor, limit=limit)


@get("/orders/{order_id:uuid}", opt=_READ)
async def read_order(
    request: AnyRequest, database: Database, dealer: DealerPrincipal, order_id: UUID
) -> DealerOrderDetail:
    """One order with its lines, how far they are, and who did what when."""
    async with database.transaction(dealer.tenant_id) as tx:
        return await get_order(tx, order_id, dealer=dealer, language=language_of(request))


@post("/orders/{order_id:uuid}/cancel", opt=needs("portal.orders.cancel"), status_code=200)
async def cancel_order(
    request: AnyRequest, database: Database, dealer: DealerPrincipal, order_id: UUID, data: CancelRequest
) -> DealerOrderDetail:
    """Call an order off, as long as nothing of it is on its way."""

    async def call_off(tx: Tx) -> DealerOrderDetail:
        await cancel(tx, ids=[order_id], by=dealer.actor(), principal=dealer, reason=data.reason)
        return await get_order(tx, order_id, dealer=dealer, language=language_of(request))

    return await once(request, database, dealer, call_off, DealerOrderDetail)


@get("/addresses", opt=_READ)
async def read_addresses(database: Database, dealer: DealerPrincipal) -> list[AddressView]:
    """Where the company has goods sent, the default address first."""
    async with database.transaction(dealer.tenant_id) as tx:
        return await list_addresses(tx, dealer.customer_id)


@post("/addresses", opt=_ADDRESSES, status_code=201)
async def new_address(
    request: AnyRequest, database: Database, dealer: DealerPrincipal, data: AddressFields
) -> AddressView:
    """Keep a new address."""
    return await once(request, database, dealer, lambda tx: _save(tx, dealer, None, data), AddressView)


@put("/addresses/{address_id:uuid}", opt=_ADDRESSES)
async def replace_address(
    database: Database, dealer: DealerPrincipal, address_id: UUID, data: AddressFields
) -> AddressView:
    """Change an address."""
    return await database.run(dealer.tenant_id, lambda tx: _save(tx, dealer, address_id, data))


async def _save(tx: Tx, dealer: DealerPrincipal, address_id: UUID | None, fields: AddressFields) -> AddressView:
    return await save_address(
        tx, customer_id=dealer.customer_id, address_id=address_id, fields=fields, by=dealer.actor()
    )


@delete("/addresses/{address_id:uuid}", opt=_ADDRESSES, status_code=204)
async def delete_address(database: Database, dealer: DealerPrincipal, address_id: UUID) -> None:
    """Forget an address. Orders keep where they went."""
    await database.run(
        dealer.tenant_id,
        lambda tx: remove_address(tx, customer_id=dealer.customer_id, address_id=address_id, by=dealer.actor()),
    )


@get("/shopping-lists", opt=_PLACE)
async def read_lists(
    database: Database, dealer: DealerPrincipal, cursor: str | None = None, limit: Limit = 50
) -> Page[ListSummary]:
    """The company's shopping lists by name."""
    async with database.transaction(dealer.tenant_id) as tx:
        return await shopping_lists.list_lists(tx, dealer=dealer, cursor=cursor, limit=limit)


@post("/shopping-lists", opt=_PLACE, status_code=201)
async def new_list(request: AnyRequest, database: Database, dealer: DealerPrincipal, data: ListContent) -> ListView:
    """Keep a new list."""
    return await once(
        request,
        database,
        dealer,
        lambda tx: shopping_lists.make_list(tx, content=data, dealer=dealer),
        ListView,
    )


@get("/shopping-lists/{list_id:uuid}", opt=_PLACE)
async def read_list(database: Database, dealer: DealerPrincipal, list_id: UUID) -> Response[ListView]:
    """One list with its goods as they are sold now; the ETag is its revision."""
    async with database.transaction(dealer.tenant_id) as tx:
        found = await shopping_lists.get_list(tx, list_id, dealer=dealer)
    return Response(found, headers={"etag": etag(found.revision)})


@put("/shopping-lists/{list_id:uuid}", opt=_PLACE)
async def replace_list(
    database: Database, dealer: DealerPrincipal, list_id: UUID, data: ListContent, if_match: IfMatch = None
) -> ListView:
    """Change a list, provided that nobody else changed it meanwhile."""
    revision = expected_revision(if_match)
    return await database.run(
        dealer.tenant_id,
        lambda tx: shopping_lists.replace_list(tx, list_id=list_id, content=data, revision=revision, dealer=dealer),
    )


@delete("/shopping-lists/{list_id:uuid}", opt=_PLACE, status_code=204)
async def delete_list(database: Database, dealer: DealerPrincipal, list_id: UUID) -> None:
    """Forget a list."""
    await database.run(dealer.tenant_id, lambda tx: shopping_lists.remove_list(tx, list_id=list_id, dealer=dealer))


HANDLERS = [
    read_orders,
    read_order,
    cancel_order,
    read_addresses,
    new_address,
    replace_address,
    delete_address,
    read_lists,
    new_list,
    read_list,
    replace_list,
    delete_list,
]
