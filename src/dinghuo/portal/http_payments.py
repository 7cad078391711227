"""Payments, transfer slips and files of the company's orders over HTTP: under /portal/v1."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post

from dinghuo.identity.principals import DealerPrincipal
from dinghuo.kit.attachments import MOST_BYTES, file_headers
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.files import StoredFile
from dinghuo.kit.http import language_of, needs, once
from dinghuo.orders import attach as attachments
from dinghuo.orders.attach import AttachRequest, OrderFile
from dinghuo.orders.http_payments import PayRequest
from dinghuo.orders.payments import Payment, Slip, get_payment, get_slip, slip_file
from dinghuo.orders.set_aside import pay_by_balance
from dinghuo.orders.slips import SlipRequest, submit_slip, withdraw_slip

AnyRequest = Request[Any, Any, Any]
_READ, _PAY, _PLACE = needs("portal.orders.read"), needs("portal.orders.pay"), needs("portal.orders.place")
_FILES = "/orders/{order_id:uuid}/attachments"
_SLIPS = "/orders/{order_id:uuid}/slips"


@get("/orders/{order_id:uuid}/payment", opt=_READ)
async def read_payment(request: AnyRequest, database: Database, dealer: DealerPrincipal, order_id: UUID) -> Payment:
    """What is due on an order before its goods may go, and what was paid."""
    async with database.transaction(dealer.tenant_id) as tx:
        return await get_payment(tx, principal=dealer, order_id=order_id, language=language_of(request))


@post("/orders/{order_id:uuid}/files", opt=_PLACE, status_code=201, request_max_body_size=MOST_BYTES)
async def upload(request: AnyRequest, database: Database, dealer: DealerPrincipal, order_id: UUID) -> StoredFile:
    """Keep a picture or document for an order: the body is its bytes, the answer the hash to name it by."""
    content = await request.body()

    return await once(
        request,
        database,
        dealer,
        lambda tx: attachments.upload(tx, order_id=order_id, content=content, principal=dealer),
        StoredFile,
    )


@post(_SLIPS, opt=_PAY, status_code=201)
async def send_slip(
    request: AnyRequest, database: Database, dealer: DealerPrincipal, order_id: UUID, data: SlipRequest
) -> Slip:
    """Send a transfer slip: the seller's finance says whether the money came."""

    async def run(tx: Tx) -> Slip:
        slip_id = await submit_slip(tx, order_id=order_id, request=data, principal=dealer, by=dealer.actor())
        return await get_slip(tx, principal=dealer, slip_id=slip_id)

    return await once(request, database, dealer, run, Slip)


@post(_SLIPS + "/{slip_id:uuid}/withdraw", opt=_PAY, status_code=200)
async def take_back(
    request: AnyRequest, database: Database, dealer: DealerPrincipal, order_id: UUID, slip_id: UUID
) -> Slip:
    """Take a slip back while it waits."""

    async def run(tx: Tx) -> Slip:
        await withdraw_slip(tx, order_id=order_id, slip_id=slip_id, principal=dealer, by=dealer.actor())
        return await get_slip(tx, principal=dealer, slip_id=slip_id)

    return await once(request, database, dealer, run, Slip)


@get(_SLIPS + "/{slip_id:uuid}/file", opt=_READ)
async def read_slip_file(
    database: Database, dealer: DealerPrincipal, order_id: UUID, slip_id: UUID
) -> Response[bytes]:
    """What the bank gave."""
    async with database.transaction(dealer.tenant_id) as tx:
        sha256, name, file = await slip_file(tx, principal=dealer, slip_id=slip_id, order_id=order_id)
    return Response(file.content, media_type=file.content_type, headers=file_headers(sha256, file.content_type, name))


@post("/orders/{order_id:uuid}/pay-by-balance", opt=_PAY, status_code=200)
async def pay(
    request: AnyRequest, database: Database, dealer: DealerPrincipal, order_id: UUID, data: PayRequest
) -> Payment:
    """Pay what is due on an order from what the company has with the seller."""

    async def run(tx: Tx) -> Payment:
        await pay_by_balance(tx, order_id=order_id, amount=data.amount, principal=dealer, by=dealer.actor())
        return await get_payment(tx, principal=dealer, order_id=order_id, language=language_of(request))

    return await once(request, database, dealer, run, Payment)


@get(_FILES, opt=_READ)
async def read_files(database: Database, dealer: DealerPrincipal, order_id: UUID) -> list[OrderFile]:
    """The files of an order that are for the company, the oldest first."""
    async with database.transaction(dealer.tenant_id) as tx:
        return await attachments.files_of(tx, order_id=order_id, principal=dealer)


@post(_FILES, opt=_PLACE, status_code=201)
async def attach(
    request: AnyRequest, database: Database, dealer: DealerPrincipal, order_id: UUID, data: AttachRequest
) -> list[OrderFile]:
    """Add an uploaded file to an order."""
    return await once(
        request,
        database,
        dealer,
        lambda tx: attachments.attach(tx, order_id=order_id, request=data, principal=dealer, by=dealer.actor()),
        list[OrderFile],
    )


@get(_FILES + "/{sha256:str}", opt=_READ)
async def read_file(database: Database, dealer: DealerPrincipal, order_id: UUID, sha256: str) -> Response[bytes]:
    """A file of an order."""
    async with database.transaction(dealer.tenant_id) as tx:
        name, file = await attachments.file_of(tx, order_id=order_id, sha256=sha256, principal=dealer)
    return Response(file.content, media_type=file.content_type, headers=file_headers(sha256, file.content_type, name))


@post(_FILES + "/{sha256:str}/remove", opt=_PLACE, status_code=200)
async def detach(
    request: AnyRequest, database: Database, dealer: DealerPrincipal, order_id: UUID, sha256: str
) -> list[OrderFile]:
    """Take off an order a file that the company added."""

    async def run(tx: Tx) -> list[OrderFile]:
        await attachments.detach(tx, order_id=order_id, sha256=sha256, principal=dealer, by=dealer.actor())
        return await attachments.files_of(tx, order_id=order_id, principal=dealer)

    return await once(request, database, dealer, run, list[OrderFile])


HANDLERS = [
    read_payment,
    upload,
    send_slip,
    take_back,
    read_slip_file,
    pay,
    read_files,
    attach,
    read_file,
    detach,
]
