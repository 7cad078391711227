"""Merge two customers that turned out to be one: the survivor has the history of both, and answers to both codes."""

from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec

from dinghuo.desk.absorb import SAME_PERSON, absorb
from dinghuo.identity.principals import Principal
from dinghuo.kit import audit, outbox
from dinghuo.kit.actor import Actor
from dinghuo.kit.bulk import UNKNOWN_CODE
from dinghuo.kit.cache import touch
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, Fault, FaultView, Language, Message, Refused, fault_view
from dinghuo.kit.outbox import Delivery
from dinghuo.kit.trees import above
from dinghuo.parties.events import CustomersMerged, changed
from dinghuo.parties.file_for_search import file_for_search
from dinghuo.parties.tables import customer
from dinghuo.pricing.locked import hidden_customers

# Whoever read the customer before the merge and writes after it: looked for once more when they must be done.
_STRAGGLERS = timedelta(minutes=2)
# What the survivor lacks and the other one has.
_FILLED = ("tax_number", "name_en", "owner_id", "department_id")

INTO_ITSELF = Message(
    "merge-into-itself", "不能把客户合并到它自己", "A customer cannot be merged into itself", CONFLICT
)
ALREADY_MERGED = Message(
    "merge-already-merged",
    "客户“{code}”已合并到“{into}”",
    "The customer '{code}' is merged into '{into}' already",
    CONFLICT,
)
TWO_COMPANIES = Message(
    "merge-tax-numbers",
    "两个客户的税号不同（{one}、{other}），应是两家公司；若确为一家，请先改正税号",
    "Their tax numbers differ ({one}, {other}): these are two companies. If not, mend the wrong number first",
    CONFLICT,
)
ABOVE_THE_OTHER = Message(
    "merge-parent-of-other",
    "“{code}”是“{other}”的上级的上级，请先调整上下级关系",
    "'{code}' stands more than one level above '{other}': change the hierarchy first",
    CONFLICT,
)
INTO_CLOSED = Message(
    "merge-into-closed",
    "客户“{code}”已关闭，不能作为合并后的客户",
    "The customer '{code}' is closed: nothing can be merged into it",
    CONFLICT,
)
CONTRACTS_OVERLAP = Message(
    "merge-contracts-overlap",
    "两个客户的协议价目表有效期重叠：{lists}；请先撤回其中之一",
    "Their contract price lists overlap: {lists}. Withdraw one of each pair first",
    CONFLICT,
)


class MergeRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"gone": "from"}):
    """Codes: the customer that goes, and the one that stays."""

    gone: str
    into: str


class Merged(msgspec.Struct, frozen=True, rename={"gone": "from"}):
    """What moved, how many of each, and which fields the survivor took over because it had none."""

    gone: str
    into: str
    moved: dict[str, int]
    filled: list[str]


class MergePreview(msgspec.Struct, frozen=True, rename={"gone": "from"}):
    """What would move, and everything that stands in the way."""

    gone: str
    into: str
    moved: dict[str, int]
    filled: list[str]
    faults: list[FaultView]


async def merge_customers(tx: Tx, *, request: MergeRequest, by: Actor, seen_by: Principal) -> Merged:
    """Merge; refused with all that stands in the way."""
    gone, into, faults = await _examine(tx, request, seen_by, lock=True)
    if faults or gone is None or into is None:
        raise Refused(faults)
    filled = _filled(gone, into)
    await tx.write(_LIFT, gone["id"], into["id"])
    moved = await absorb(tx, gone=gone["id"], into=into["id"])
    await tx.write(_CLOSE, gone["id"], into["id"], tx.now)
    await tx.write(_FILL, gone["id"], into["id"], tx.now)
    await file_for_search(tx, [gone["id"], into["id"]])
    news = CustomersMerged(subject_id=gone["id"], into=into["id"])
    await outbox.emit(tx, [news, news, *changed([into["id"]])], due=[None, tx.now + _STRAGGLERS, None])
    await audit.record(
        tx,
        [
            audit.Change("customer", gone["id"], "merged", by, {"merged_into": [None, into["code"]]}),
            audit.Change(
                "customer",
                into["id"],
                "absorbed",
                by,
                {"absorbed": [None, gone["code"]]}
                | {name: [None, count] for name, count in moved.items()}
                | {name: [None, _told(gone[name])] for name in filled},
            ),
        ],
    )
    await touch(tx, "identity", "parties", "catalogue", "pricing", "promotions", "order_rules", "blankets")
    return Merged(gone["code"], into["code"], moved, [name.removesuffix("_id") for name in filled])


async def preview_merge(tx: Tx, *, request: MergeRequest, seen_by: Principal, language: Language) -> MergePreview:
    """What merging would do; writes nothing. Refused when one of the codes means nobody."""
    gone, into, faults = await _examine(tx, request, seen_by, lock=False)
    if gone is None or into is None:
        raise Refused(faults)
    counts = dict((await tx.fetch(_COUNTS, gone["id"], into["id"]))[0])
    return MergePreview(
        gone["code"],
        into["code"],
        {name: count for name, count in counts.items() if count},
        [name.removesuffix("_id") for name in _filled(gone, into)],
        [fault_view(fault, language) for fault in faults],
    )


async def move_stragglers(tx: Tx, deliveries: Sequence[Delivery]) -> None:
    """The reaction to CustomersMerged: whatever still came in for the customer that went."""
    for delivery in sorted(deliveries, key=lambda each: each.subject_id):
        into = delivery.read(CustomersMerged).into
        await absorb(tx, gone=delivery.subject_id, into=into)


async def _examine(tx: Tx, request: MergeRequest, seen_by: Principal, *, lock: bool) -> tuple[Any, Any, list[Fault]]:
    rows = await tx.fetch(_CUSTOMERS + (_LOCKED if lock else ""), [request.gone, request.into])
    hidden = await hidden_customers(tx, {row["id"] for row in rows}, seen_by=seen_by)
    known = {row["code"]: row for row in rows if row["id"] not in hidden}
    gone, into = known.get(request.gone), known.get(request.into)
    unknown = [
        UNKNOWN_CODE(field, code=code)
        for field, code in (("from", request.gone), ("into", request.into))
        if code not in known
    ]
    if gone is None or into is None:
        return None, None, unknown
    faults = list(_plain_faults(gone, into))
    if not faults:
        faults += [fault async for fault in _deep_faults(tx, gone, into)]
    return gone, into, faults


def _plain_faults(gone: Any, into: Any) -> Iterator[Fault]:
    if gone["id"] == into["id"]:
        yield INTO_ITSELF("into")
        return
    for field, row in (("from", gone), ("into", into)):
        if row["merged_into"] is not None:
            yield ALREADY_MERGED(field, code=row["code"], into=row["merged_into"])
    if into["state"] == "closed":
        yield INTO_CLOSED("into", code=into["code"])
    if gone["tax_number"] and into["tax_number"] and gone["tax_number"] != into["tax_number"]:
        yield TWO_COMPANIES("from", one=gone["tax_number"], other=into["tax_number"])


async def _deep_faults(tx: Tx, gone: Any, into: Any) -> AsyncIterator[Fault]:
    ancestors = {row.id for row in await tx.rows(above(customer, tx.tenant_id, customer.c.id == into["id"]))}
    if gone["id"] in ancestors and into["parent_id"] != gone["id"]:
        yield ABOVE_THE_OTHER("from", code=gone["code"], other=into["code"])
    overlaps = await tx.fetch(_OVERLAPS, gone["id"], into["id"])
    if overlaps:
        pairs = "、".join(f"{row['one']} / {row['other']}" for row in overlaps)
        yield CONTRACTS_OVERLAP("from", lists=pairs)


def _filled(gone: Any, into: Any) -> list[str]:
    return [name for name in _FILLED if into[name] is None and gone[name] is not None]


def _told(value: object) -> object:
    return str(value) if isinstance(value, UUID) else value


_CUSTOMERS = """
select c.id, c.code, c.state, c.parent_id, c.tax_number, c.name_en, c.owner_id, c.department_id,
  (select s.code from customer s where s.tenant_id = $1 and s.id = c.merged_into_id) as merged_into
from customer c where c.tenant_id = $1 and c.code = any($2::text[])
order by c.id
"""
# Against whoever is writing something that names one of them.
_LOCKED = " for update of c"

_OVERLAPS = """
select g.code as one, i.code as other from price_list g
join price_list i on i.tenant_id = $1 and i.customer_id = $3 and i.kind = g.kind and i.currency = g.currency
  and i.state = 'published'
where g.tenant_id = $1 and g.customer_id = $2 and g.state = 'published'
  and g.valid_from <= coalesce(i.valid_until, 'infinity') and i.valid_from <= coalesce(g.valid_until, 'infinity')
order by g.code, i.code
"""
# Whoever stood directly below the one that goes stands where that stood.
_LIFT = """
update customer c set parent_id = g.parent_id from customer g
where c.tenant_id = $1 and c.id = $3 and c.parent_id = $2 and g.tenant_id = $1 and g.id = $2
"""
_CLOSE = """
update customer c set state = 'closed', merged_into_id = $3, parent_id = null, updated_at = $4,
  revision = c.revision + 1
where c.tenant_id = $1 and c.id = $2
"""
_FILL = """
update customer c set tax_number = coalesce(c.tax_number, g.tax_number), name_en = coalesce(c.name_en, g.name_en),
  owner_id = coalesce(c.owner_id, g.owner_id), department_id = coalesce(c.department_id, g.department_id),
  updated_at = $4, revision = c.revision + 1
from customer g where c.tenant_id = $1 and c.id = $3 and g.tenant_id = $1 and g.id = $2
"""
_COUNTS = f"""
select (select count(*) from sales_order o where o.tenant_id = $1 and o.customer_id = $2) as orders,
  (select count(*) from draft d where d.tenant_id = $1 and d.customer_id = $2) as drafts,
  (select count(*) from historical_return r where r.tenant_id = $1 and r.customer_id = $2) as returns,
  (select count(*) from visit v where v.tenant_id = $1 and v.customer_id = $2) as visits,
  (select count(*) from contact c where c.tenant_id = $1 and c.customer_id = $2
    and not {SAME_PERSON}) as contacts,
  (select count(*) from address a where a.tenant_id = $1 and a.customer_id = $2) as addresses,
  (select count(*) from shopping_list l where l.tenant_id = $1 and l.customer_id = $2) as shopping_lists,
  (select count(*) from price_list p where p.tenant_id = $1 and p.customer_id = $2) as price_lists,
  (select count(*) from user_customer u where u.tenant_id = $1 and u.customer_id = $2) as users,
  (select count(*) from account b where b.tenant_id = $1 and b.customer_id = $2) as accounts,
  (select count(*) from customer k where k.tenant_id = $1 and k.parent_id = $2) as children
"""  # noqa: S608 - a constant of absorb
