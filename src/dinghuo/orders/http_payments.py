"""Payment terms, payments and transfer slips over HTTP, for staff and systems."""

from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Request, Response, Router, get, post, put
from litestar.params import HeaderParameter, Parameter, QueryParameter

from dinghuo.identity.principals import StaffPrincipal
from dinghuo.kit.attachments import MOST_BYTES, file_headers
from dinghuo.kit.bodies import Items, SavedView, saved_view
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.files import StoredFile
from dinghuo.kit.http import language_of, needs, once
from dinghuo.kit.paging import MOST, Page
from dinghuo.kit.revisions import etag, expected_revision
from dinghuo.orders import attach as attachments
from dinghuo.orders.attach import AttachRequest, OrderFile
from dinghuo.orders.payments import Payment, Slip, get_payment, get_slip, list_slips, slip_file
from dinghuo.orders.save_terms import TermsInput, TermsView, get_terms
from dinghuo.orders.save_terms import save_terms as save
from dinghuo.orders.set_aside import pay_by_balance
from dinghuo.orders.settings import OrderSettings, OrderSettingsInput, load_settings, settings_revision
from dinghuo.orders.settings import save_settings as keep
from dinghuo.orders.slips import SlipRequest, confirm_slip, refuse_slip, submit_slip

AnyRequest = Request[Any, Any, Any]
Limit = Annotated[int, Parameter(ge=1, le=MOST)]
IfMatch = Annotated[str | None, HeaderParameter(name="If-Match", description="The revision that was read")]
_READ, _PAYMENTS, _ATTACH = needs("orders.read"), needs("orders.payments"), needs("orders.comment")
_FILES = "/orders/{order_id:uuid}/attachments"


class ConfirmRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much came; what the slip says, when nothing is said."""

    amount: Decimal | None = None


class RefuseRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why it is refused."""

    reason: str


class PayRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much is paid; as much as is due and there, when nothing is said."""

    amount: Decimal | None = None


@get("/settings/orders", opt=_READ)
async def read_settings(database: Database, staff: StaffPrincipal) -> Response[OrderSettings]:
    """How orders are handled here; the ETag is its revision."""
    async with database.transaction(staff.tenant_id) as tx:
        return Response(await load_settings(tx), headers={"etag": etag(await settings_revision(tx))})


@put("/settings/orders", opt=needs("settings.write"))
async def save_settings(
    database: Database, staff: StaffPrincipal, data: OrderSettingsInput, if_match: IfMatch = None
) -> OrderSettings:
    """Say how orders are handled here, provided that nobody else did meanwhile. What is left out stays."""
    revision = expected_revision(if_match)
    return await database.run(
        staff.tenant_id, lambda tx: keep(tx, settings=data, by=staff.actor(), revision=revision)
    )


@get("/customers/{customer_id:uuid}/order-terms", opt=needs("parties.read"))
async def read_terms(database: Database, staff: StaffPrincipal, customer_id: UUID) -> TermsView:
    """How a customer pays and wants to be served."""
    async with database.transaction(staff.tenant_id) as tx:
        return await get_terms(tx, customer_id=customer_id, seen_by=staff)


@put("/order-terms", opt=needs("accounts.write"))
async def save_terms(
    request: AnyRequest, database: Database, staff: StaffPrincipal, data: Items[TermsInput]
) -> SavedView:
    """Say how up to 10,000 customers pay and want to be served, all or nothing."""
    saved = await database.run(
        staff.tenant_id, lambda tx: save(tx, items=data.items, by=staff.actor(), seen_by=staff)
    )
    return saved_view(saved, language_of(request))


@get("/orders/{order_id:uuid}/payment", opt=_READ)
async def read_payment(request: AnyRequest, database: Database, staff: StaffPrincipal, order_id: UUID) -> Payment:
    """What is due on an order before its goods may go, and what was paid."""
    async with database.transaction(staff.tenant_id) as tx:
        return await get_payment(tx, principal=staff, order_id=order_id, language=language_of(request))


@post("/orders/{order_id:uuid}/files", opt=_ATTACH, status_code=201, request_max_body_size=MOST_BYTES)
async def upload(request: AnyRequest, database: Database, staff: StaffPrincipal, order_id: UUID) -> StoredFile:
    """Keep a picture or document for an order: the body is its bytes, the answer the hash to name it by."""
    content = await request.body()

    return await once(
        request,
        database,
        staff,
        lambda tx: attachments.upload(tx, order_id=order_id, content=content, principal=staff),
        StoredFile,
    )


@post("/orders/{order_id:uuid}/slips", opt=_PAYMENTS, status_code=201)
async def send_slip(
    request: AnyRequest, database: Database, staff: StaffPrincipal, order_id: UUID, data: SlipRequest
) -> Slip:
    """Enter a transfer slip for a customer's order."""

    async def run(tx: Tx) -> Slip:
        slip_id = await submit_slip(tx, order_id=order_id, request=data, principal=staff, by=staff.actor())
        return await get_slip(tx, principal=staff, slip_id=slip_id)

    return await once(request, database, staff, run, Slip)


@post("/orders/{order_id:uuid}/pay-by-balance", opt=_PAYMENTS, status_code=200)
async def pay(
    request: AnyRequest, database: Database, staff: StaffPrincipal, order_id: UUID, data: PayRequest
) -> Payment:
    """Pay what is due on an order from what its customer has with us."""

    async def run(tx: Tx) -> Payment:
        await pay_by_balance(tx, order_id=order_id, amount=data.amount, principal=staff, by=staff.actor())
        return await get_payment(tx, principal=staff, order_id=order_id, language=language_of(request))

    return await once(request, database, staff, run, Payment)


@get("/slips", opt=_PAYMENTS)
async def read_slips(
    database: Database,
    staff: StaffPrincipal,
    in_state: Annotated[
        Literal["submitted", "confirmed", "refused", "withdrawn"] | None, QueryParameter(name="state")
    ] = None,
    customer: str | None = None,
    cursor: str | None = None,
    limit: Limit = 50,
) -> Page[Slip]:
    """Transfer slips, the newest first."""
    async with database.transaction(staff.tenant_id) as tx:
        return await list_slips(
            tx, principal=staff, state=in_state, customer_code=customer, cursor=cursor, limit=limit
        )


@get("/slips/{slip_id:uuid}", opt=_PAYMENTS)
async def read_slip(database: Database, staff: StaffPrincipal, slip_id: UUID) -> Slip:
    """One transfer slip."""
    async with database.transaction(staff.tenant_id) as tx:
        return await get_slip(tx, principal=staff, slip_id=slip_id)


@get("/slips/{slip_id:uuid}/file", opt=_PAYMENTS)
async def read_slip_file(database: Database, staff: StaffPrincipal, slip_id: UUID) -> Response[bytes]:
    """What the bank gave."""
    async with database.transaction(staff.tenant_id) as tx:
        sha256, name, file = await slip_file(tx, principal=staff, slip_id=slip_id)
    return Response(file.content, media_type=file.content_type, headers=file_headers(sha256, file.content_type, name))


@post("/slips/{slip_id:uuid}/confirm", opt=_PAYMENTS, status_code=200)
async def confirm(
    request: AnyRequest, database: Database, staff: StaffPrincipal, slip_id: UUID, data: ConfirmRequest
) -> Slip:
    """The money came: it is the customer's with us, and set aside for the order as far as something is due."""

    async def run(tx: Tx) -> Slip:
        await confirm_slip(tx, slip_id=slip_id, amount=data.amount, principal=staff, by=staff.actor())
        return await get_slip(tx, principal=staff, slip_id=slip_id)

    return await once(request, database, staff, run, Slip)


@post("/slips/{slip_id:uuid}/refuse", opt=_PAYMENTS, status_code=200)
async def refuse(
    request: AnyRequest, database: Database, staff: StaffPrincipal, slip_id: UUID, data: RefuseRequest
) -> Slip:
    """The money did not come, or not like that."""

    async def run(tx: Tx) -> Slip:
        await refuse_slip(tx, slip_id=slip_id, reason=data.reason, principal=staff, by=staff.actor())
        return await get_slip(tx, principal=staff, slip_id=slip_id)

    return await once(request, database, staff, run, Slip)


@get(_FILES, opt=_READ)
async def read_files(database: Database, staff: StaffPrincipal, order_id: UUID) -> list[OrderFile]:
    """The files of an order, the oldest first."""
    async with database.transaction(staff.tenant_id) as tx:
        return await attachments.files_of(tx, order_id=order_id, principal=staff)


@post(_FILES, opt=_ATTACH, status_code=201)
async def attach(
    request: AnyRequest, database: Database, staff: StaffPrincipal, order_id: UUID, data: AttachRequest
) -> list[OrderFile]:
    """Add an uploaded file to an order."""
    return await once(
        request,
        database,
        staff,
        lambda tx: attachments.attach(tx, order_id=order_id, request=data, principal=staff, by=staff.actor()),
        list[OrderFile],
    )


@get(_FILES + "/{sha256:str}", opt=_READ)
async def read_file(database: Database, staff: StaffPrincipal, order_id: UUID, sha256: str) -> Response[bytes]:
    """A file of an order."""
    async with database.transaction(staff.tenant_id) as tx:
        name, file = await attachments.file_of(tx, order_id=order_id, sha256=sha256, principal=staff)
    return Response(file.content, media_type=file.content_type, headers=file_headers(sha256, file.content_type, name))


@post(_FILES + "/{sha256:str}/remove", opt=_ATTACH, status_code=200)
async def detach(
    request: AnyRequest, database: Database, staff: StaffPrincipal, order_id: UUID, sha256: str
) -> list[OrderFile]:
    """Take a file off an order."""

    async def run(tx: Tx) -> list[OrderFile]:
        await attachments.detach(tx, order_id=order_id, sha256=sha256, principal=staff, by=staff.actor())
        return await attachments.files_of(tx, order_id=order_id, principal=staff)

    return await once(request, database, staff, run, list[OrderFile])


router = Router(
    "/",
    route_handlers=[
        read_settings,
        save_settings,
        read_terms,
        save_terms,
        read_payment,
        upload,
        send_slip,
        pay,
        read_slips,
        read_slip,
        read_slip_file,
        confirm,
        refuse,
        read_files,
        attach,
        read_file,
        detach,
    ],
    tags=["orders"],
)
