"""The dealer's first page and the catalogue, over HTTP: under /portal/v1."""

from typing import Annotated
from uuid import UUID

from litestar import Response, get
from litestar.di import Provide
from litestar.params import HeaderParameter, Parameter

from dinghuo.catalogue.unit_names import unit_names
from dinghuo.identity.permissions import SIGNED_IN
from dinghuo.identity.principals import DealerPrincipal
from dinghuo.kit.database import Database
from dinghuo.kit.files import PDF
from dinghuo.kit.http import needs
from dinghuo.kit.missing import missing
from dinghuo.kit.paging import MOST, Page
from dinghuo.kit.pictures import Width, in_size, read_sized
from dinghuo.portal import products
from dinghuo.portal.cards import Card, ProductPage, UnitView, UsualLine
from dinghuo.portal.credit import CreditView, read_credit
from dinghuo.portal.home import Home, read_home, usual_lines
from dinghuo.portal.products import Branch, BrandView, Sort, Wanted
from dinghuo.portal.shelf import open_shelf
from dinghuo.pricing.locked import check_sees_price

_BROWSE = needs("portal.catalogue")
_MOST_USUAL = 60

# A picture is shown, never run: not even what an SVG might hold that its check has overlooked.
_FILE_HEADERS = {
    "cache-control": "private, max-age=31536000, immutable",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox",
}


@get("/home", opt=needs(SIGNED_IN))
async def home(database: Database, dealer: DealerPrincipal) -> Home:
    """What is new, what the company usually buys, its credit and its orders under way, as far as the user may see."""
    async with database.transaction(dealer.tenant_id) as tx:
        return await read_home(tx, dealer=dealer)


@get("/usual", opt=_BROWSE)
async def read_usual(database: Database, dealer: DealerPrincipal) -> list[UsualLine]:
    """What the company usually buys, with how much it wants by now: what is wanted first."""
    async with database.transaction(dealer.tenant_id) as tx:
        found = await usual_lines(tx, await open_shelf(tx, dealer), most=_MOST_USUAL)
        return sorted(found, key=lambda line: not line.suggested)


@get("/credit", opt=needs("portal.account.read"))
async def credit(database: Database, dealer: DealerPrincipal) -> CreditView:
    """The company's credit. For those who see prices."""
    check_sees_price(dealer)
    async with database.transaction(dealer.tenant_id) as tx:
        return await read_credit(tx, dealer)


@get("/units", opt=needs(SIGNED_IN))
async def units(database: Database, dealer: DealerPrincipal) -> list[UnitView]:
    """What the seller's units are called: lines of orders tell their codes."""
    async with database.transaction(dealer.tenant_id) as tx:
        named = await unit_names(tx)
    return [UnitView(unit=code, name=name.name, name_en=name.name_en) for code, name in sorted(named.items())]


@get("/categories", opt=_BROWSE)
async def categories(database: Database, dealer: DealerPrincipal) -> list[Branch]:
    """The tree of categories in which something is sold to the company."""
    async with database.transaction(dealer.tenant_id) as tx:
        return await products.categories(tx, dealer=dealer)


@get("/brands", opt=_BROWSE)
async def brands(database: Database, dealer: DealerPrincipal) -> list[BrandView]:
    """The brands of which something is sold to the company."""
    async with database.transaction(dealer.tenant_id) as tx:
        return await products.brands(tx, dealer=dealer)


def shelf_filter(
    search: str | None = None,
    category: str | None = None,
    brand: str | None = None,
    in_stock: bool = False,
    bought: bool = False,
    sort: Sort = "code",
) -> Wanted:
    """What the shelf is narrowed to. `bought`: in the last hundred orders."""
    return Wanted(search=search, category=category, brand=brand, in_stock=in_stock, bought=bought, sort=sort)


@get("/products", opt=_BROWSE, dependencies={"wanted": Provide(shelf_filter, sync_to_thread=False)})
async def list_products(
    database: Database,
    dealer: DealerPrincipal,
    wanted: Wanted,
    cursor: str | None = None,
    limit: Annotated[int, Parameter(ge=1, le=MOST)] = 24,
) -> Page[Card]:
    """Products the company may buy, with its prices and what is there; of a search, as typed, the best first."""
    async with database.transaction(dealer.tenant_id) as tx:
        return await products.list_products(tx, dealer=dealer, wanted=wanted, cursor=cursor, limit=limit)


@get("/products/{product_id:uuid}", opt=_BROWSE)
async def get_product(database: Database, dealer: DealerPrincipal, product_id: UUID) -> ProductPage:
    """One product with pictures, attachments and what the company bought of it before."""
    async with database.transaction(dealer.tenant_id) as tx:
        found = await products.get_product(tx, product_id, dealer=dealer)
    if found is None:
        raise missing("product", product_id)
    return found


@get("/files/{sha256:str}", opt=needs(SIGNED_IN))
async def get_file(
    database: Database,
    dealer: DealerPrincipal,
    sha256: str,
    width: Width | None = None,
    if_none_match: Annotated[str | None, HeaderParameter(name="If-None-Match")] = None,
) -> Response[bytes]:
    """A picture, no wider than asked for, or an attachment of goods that the company may buy, or has bought."""
    async with database.transaction(dealer.tenant_id) as tx:
        seen = await products.may_see_file(tx, sha256, dealer=dealer)
        found = await read_sized(tx, sha256, width) if seen else None
    if found is None:
        raise missing("file", sha256)
    file = await in_size(database, dealer.tenant_id, sha256, found)
    shown = "attachment" if file.content_type == PDF else "inline"
    headers = {**_FILE_HEADERS, "etag": f'"{sha256}"', "content-disposition": shown}
    if if_none_match is not None and sha256 in if_none_match:
        return Response(b"", status_code=304, headers=headers)
    return Response(file.content, media_type=file.content_type, headers=headers)


HANDLERS = [home, read_usual, credit, units, categories, brands, list_products, get_product, get_file]
