"""The lists of the product, each as its first page, one half-way down, and narrowed to what there are few of."""

from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import Any

from tests.lists.fill import (
    ACCOUNT,
    AMENDMENT,
    COMMON,
    CUSTOMER,
    DRAFT,
    JOB,
    MOVE,
    NOTICE,
    RECEIPT,
    SLIP,
    UNUSUAL,
    VISIT,
    id_of,
)

from dinghuo.accounts.queries import list_accounts
from dinghuo.catalogue.queries import ProductFilter, SkuFilter, list_products, list_skus
from dinghuo.identity.principals import EVERYTHING, Scope, StaffPrincipal
from dinghuo.identity.queries import UserFilter, list_users
from dinghuo.integrations.imports.queries import list_faults, list_imports
from dinghuo.inventory.queries import list_moves, list_stock
from dinghuo.inventory.receipts import list_receipts
from dinghuo.kit.database import Tx
from dinghuo.kit.ids import new_id
from dinghuo.kit.paging import encode_cursor
from dinghuo.notices.queries import NoticeFilter, list_notices
from dinghuo.notices.readership import list_readers
from dinghuo.orders.amendments import list_amendments
from dinghuo.orders.drafts import list_drafts
from dinghuo.orders.payments import list_slips
from dinghuo.parties.duplicates import list_duplicates
from dinghuo.parties.queries import CustomerFilter, list_customers
from dinghuo.parties.visits import VisitFilter, list_visits
from dinghuo.pricing.grid import GridFilter, price_grid

Read = Callable[[Tx], Awaitable[Any]]
LIMIT = 20
# Nothing begins so.
_NOTHING = "qzx"


def pages(tenant_id: int, rows: int) -> Iterator[tuple[str, Read]]:
    """What is asked for, by name: `list: what of it`."""
    middle = rows // 2
    for name, read, cursor in _lists(_staff(tenant_id, EVERYTHING), middle):
        rest = {} if "cursor" in read.keywords else {"cursor": None}
        yield name, partial(read, **rest, limit=LIMIT)
        if cursor is not None:
            yield f"{name}: far down", partial(read, cursor=encode_cursor(cursor), limit=LIMIT)


def searches(tenant_id: int) -> Iterator[tuple[str, Read]]:
    """What no index begins at: a page looks at so many and no more (kit.walk), whatever it has found by then."""
    staff = _staff(tenant_id, EVERYTHING)
    yield "users: search", partial(list_users, wanted=UserFilter(search=_NOTHING), cursor=None, limit=LIMIT)
    yield "stock: nothing left", partial(list_stock, short=True, limit=LIMIT)
    unread = partial(list_readers, notice_id=COMMON, seen_by=staff, read=False)
    yield "readers: who has not read it", partial(unread, cursor=None, limit=LIMIT)


def _staff(tenant_id: int, scope: Scope) -> StaffPrincipal:
    return StaffPrincipal(id=new_id(), tenant_id=tenant_id, name="p", scope=scope, sees_price=True, sees_cost=True)


_List = tuple[str, partial[Any], tuple[Any, ...] | None]


def _lists(staff: StaffPrincipal, middle: int) -> Iterator[_List]:
    yield from _of_customers(staff, middle)
    yield from _of_some_customers(staff, middle)
    yield from _of_goods(staff, middle)
    yield from _of_people(staff, middle)
    yield from _of_orders(staff, middle)


def _of_customers(staff: StaffPrincipal, middle: int) -> Iterator[_List]:
    code = f"C{middle:08}"

    def customers(**wanted: str) -> partial[Any]:
        return partial(list_customers, seen_by=staff, wanted=CustomerFilter(**wanted))

    yield "customers", customers(), (code,)
    for word in ("tier", "region", "channel", "department"):
        yield f"customers: of a rare {word}", customers(**{word: "RARE"}), None
        yield f"customers: of a common {word}", customers(**{word: "COMMON"}), (code,)
    yield "customers: of one owner", customers(owner="rare"), None
    yield "customers: closed", customers(state="closed"), None
    yield "customers: active", customers(state="active"), (code,)
    yield "customers: search", customers(search=_NOTHING), None
    yield (
        "duplicates",
        partial(list_duplicates, seen_by=staff),
        (80, id_of(CUSTOMER, middle), id_of(CUSTOMER, middle)),
    )
    yield "duplicates: of one customer", partial(list_duplicates, seen_by=staff, customer_code=code), None
    yield "accounts", partial(list_accounts, seen_by=staff), (code, id_of(ACCOUNT, middle))
    yield "accounts: of one customer", partial(list_accounts, seen_by=staff, customer_code=code), None


def _of_some_customers(everybody: StaffPrincipal, middle: int) -> Iterator[_List]:
    own = _staff(everybody.tenant_id, Scope("own", owner_id=UNUSUAL))
    for staff, whose in ((everybody, ""), (own, " of one's own customers")):
        visits, drafts = partial(list_visits, seen_by=staff), partial(list_drafts, principal=staff)
        slips = partial(list_slips, principal=staff)
        yield f"visits{whose}", partial(visits, wanted=VisitFilter()), (id_of(VISIT, middle),)
        yield f"drafts{whose}", drafts, (id_of(DRAFT, middle),)
        yield f"proposals that wait{whose}", partial(drafts, proposal="proposed"), (id_of(DRAFT, middle),)
        yield f"slips{whose}", partial(slips, state=None), (id_of(SLIP, middle),)
        yield f"slips to decide{whose}", partial(slips, state="submitted"), (id_of(SLIP, middle),)
        amendments = partial(list_amendments, principal=staff)
        yield f"amendments{whose}", partial(amendments, state="applied"), (id_of(AMENDMENT, middle),)
        yield f"amendments to decide{whose}", partial(amendments, state="pending"), None
        if staff is own:
            yield f"customers{whose}", partial(list_customers, seen_by=own, wanted=CustomerFilter()), None
            yield f"duplicates{whose}", partial(list_duplicates, seen_by=own), None
    visits = partial(list_visits, seen_by=everybody)
    yield "visits: by one person", partial(visits, wanted=VisitFilter(by="rare")), None
    customer = VisitFilter(customer_id=id_of(CUSTOMER, middle))
    yield "visits: at one customer", partial(visits, wanted=customer), None
    yield "drafts: of one customer", partial(list_drafts, principal=everybody, customer_code=f"C{middle:08}"), None


def _of_goods(staff: StaffPrincipal, middle: int) -> Iterator[_List]:
    code = f"S{middle:08}"

    def skus(**wanted: Any) -> partial[Any]:
        return partial(list_skus, seen_by=staff, sellable_to=None, wanted=SkuFilter(**wanted))

    def products(**wanted: Any) -> partial[Any]:
        return partial(list_products, wanted=ProductFilter(**wanted))

    def grid(**wanted: Any) -> partial[Any]:
        return partial(price_grid, lists=["BASE"], wanted=GridFilter(**wanted), staff=staff)

    yield "skus", skus(), (code,)
    yield "products", products(), (f"P{middle:08}",)
    yield "price grid", grid(), (code,)
    yield "price grid: with a price", grid(filled=True), (code,)
    for name, make in (("skus", skus), ("products", products), ("price grid", grid)):
        yield f"{name}: of a rare category", make(category="RARE"), None
        yield f"{name}: of a common category", make(category="COMMON"), None
        yield f"{name}: search", make(search=_NOTHING), None
    for name, make in (("skus", skus), ("products", products)):
        yield f"{name}: of a rare brand", make(brand="RARE"), None
        yield f"{name}: discontinued", make(state="discontinued"), None
    yield "skus: of a rare policy", skus(supply_policy="presell"), None
    yield "skus: by barcode", skus(barcode=f"69{middle}"), None
    yield "stock", partial(list_stock), (code, "COMMON")
    yield "stock: in a warehouse with little", partial(list_stock, warehouse_code="RARE"), None
    yield "stock: of one SKU", partial(list_stock, sku_code=code), None
    yield "stock: search", partial(list_stock, wanted=_NOTHING), None
    moves = partial(list_moves, seen_by=staff)
    yield "moves", moves, (id_of(MOVE, middle),)
    yield "moves: of an SKU that moves much", partial(moves, sku_code="S00000002"), (id_of(MOVE, middle),)
    yield "moves: of an SKU that moves little", partial(moves, sku_code=code), None
    yield "moves: in a warehouse", partial(moves, sku_code="S00000002", warehouse_code="COMMON"), None
    yield "receipts", partial(list_receipts), (id_of(RECEIPT, middle),)
    yield "receipts: in a warehouse with few", partial(list_receipts, warehouse_code="RARE"), None
    yield "receipts: search", partial(list_receipts, wanted=_NOTHING), None


def _of_people(staff: StaffPrincipal, middle: int) -> Iterator[_List]:
    def users(**wanted: Any) -> partial[Any]:
        return partial(list_users, wanted=UserFilter(**wanted))

    def notices(**wanted: Any) -> partial[Any]:
        return partial(list_notices, seen_by=staff, wanted=NoticeFilter(**wanted))

    yield "users", users(), (f"d{middle:08}",)
    yield "users: staff", users(audience="staff"), None
    yield "users: disabled", users(state="disabled"), None
    yield "users: of a rare role", users(role="RARE"), None
    yield "users: of a rare department", users(department="RARE"), None
    yield "notices", notices(), (id_of(NOTICE, middle),)
    yield "notices: drafts", notices(state="draft"), None
    yield "notices: banners", notices(kind="banner"), None
    place = (f"C{middle:08}", f"d{middle:08}")
    for notice, name in ((COMMON, "for everybody"), (UNUSUAL, "for few")):
        readers = partial(list_readers, notice_id=notice, seen_by=staff)
        yield f"readers of what is {name}", partial(readers, read=None), place


def _of_orders(staff: StaffPrincipal, middle: int) -> Iterator[_List]:
    imports = partial(list_imports, staff=staff, language="zh")
    faults = partial(list_faults, import_id=COMMON, staff=staff, language="zh")
    yield "imports", partial(imports, kind=None, state=None), (id_of(JOB, middle),)
    yield "imports: of a rare kind", partial(imports, kind="stock", state=None), None
    yield "imports: that failed", partial(imports, kind=None, state="failed"), None
    yield "faults of an import", partial(faults, code=None), (middle,)
    yield "faults of an import: of a rare sort", partial(faults, code="missing-value"), None
