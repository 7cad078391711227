"""Sheets of customers: one customer a row, with a contact and an address."""

import copy
import re
from collections.abc import Collection, Hashable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec
from msgspec import UNSET
from sqlalchemy import Table, select

from dinghuo.integrations.countries import country_code
from dinghuo.integrations.plain_sheets.kind import SheetKind, Values, Written
from dinghuo.integrations.plain_sheets.messages import UNKNOWN_COUNTRY, UNKNOWN_TERMS
from dinghuo.integrations.plain_sheets.words import codes_of
from dinghuo.integrations.sheets import field, shape
from dinghuo.integrations.sheets.messages import EMPTY
from dinghuo.kit.actor import Actor
from dinghuo.kit.bulk import among
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import Fault
from dinghuo.kit.texts import storable
from dinghuo.parties.details import AddressInput, ContactInput
from dinghuo.parties.save_customers import CustomerInput, save_customers
from dinghuo.parties.tables import address, channel, contact, customer, region, tier

T = TypeVar("T", ContactInput, AddressInput)

_SHAPE = shape(
    (
        field(
            "code",
            "code",
            "客户编码 客户编号 客户代码 客户号 经销商编码 经销商编号 往来单位编码 编码 编号 代码",
            "customer code, customer id, customer no, customer number, account code, account no, client id, code",
        ),
        field(
            "name",
            "text",
            "客户名称 客户 客户全称 经销商名称 经销商 购货单位 往来单位 往来单位名称 公司名称 单位名称 门店 名称",
            "customer name, customer, client, client name, dealer, account name, company, company name, store, name",
            200,
        ),
        field("name_en", "text", "英文名称 英文名 外文名称", "english name, name in english, name en", 200),
        field(
            "tax_number",
            "code",
            "纳税人识别号 统一社会信用代码 税号 税务登记号",
            "tax number, vat number, vat no, tax id",
            40,
        ),
        field("country", "text", "国家 国别 国家/地区", "country, country code", 200),
        field("tier", "text", "客户等级 等级 级别 客户级别 会员等级", "tier, level, grade, class"),
        field("region", "text", "区域 大区 地区 片区 销售区域", "region, area, territory"),
        field("channel", "text", "渠道 客户类型 客户分类 销售渠道", "channel, customer type, type"),
        field("parent", "code", "上级客户 上级 总店 上级客户编码", "parent, parent customer, head office"),
        field(
            "owner",
            "code",
            "业务员 客户负责人 负责人 跟进人 销售员",
            "owner, sales person, salesman, account manager",
        ),
        field("department", "code", "部门 所属部门", "department, team"),
        field("currency", "code", "币种 币别 货币", "currency, currency code", 3),
        field(
            "payment_terms",
            "text",
            "付款方式 收款条件 结算方式 付款条件 账期类型",
            "payment terms, terms, payment, terms of payment",
        ),
        field("payment_days", "integer", "账期 账期天数 信用天数 付款天数", "payment days, credit days, days"),
        field("contact_name", "text", "联系人 联系人姓名 主要联系人", "contact, contact name, contact person", 100),
        field("contact_mobile", "code", "手机 联系电话 电话 手机号 联系方式", "mobile, phone, telephone, tel", 40),
        field("contact_email", "text", "邮箱 电子邮件 电子邮箱", "email, e-mail, mail", 200),
        field("recipient", "text", "收货人 收件人", "recipient, consignee, ship to", 100),
        field("address_mobile", "code", "收货电话 收货人电话 收件电话", "delivery phone, recipient phone", 40),
        field("province", "text", "省份 省 省/直辖市", "province, state", 100),
        field("city", "text", "城市 市", "city, town", 100),
        field("district", "text", "区县 区 县", "district, county", 100),
        field(
            "street",
            "text",
            "详细地址 地址 收货地址 街道 送货地址",
            "street, address, delivery address, shipping address",
            500,
        ),
        field("postcode", "code", "邮编 邮政编码", "postcode, zip, zip code, postal code", 20),
        field("note", "text", "备注 说明", "note, notes, remark, remarks, comment", 2_000),
    ),
    key="name",
    required=(("code", "name"),),
)

_PLAIN = ("name", "name_en", "tax_number", "tier", "region", "channel", "parent", "owner", "department", "currency",
          "payment_days", "note")  # fmt: skip
_WORDS: Mapping[str, Table] = {"tier": tier, "region": region, "channel": channel}
_CONTACT = {"name": "contact_name", "mobile": "contact_mobile", "email": "contact_email"}
_ADDRESS = {"recipient": "recipient", "mobile": "address_mobile", "province": "province", "city": "city",
            "district": "district", "street": "street", "postcode": "postcode"}  # fmt: skip

_TERMS = {
    "prepaid": ("先款后货", "预付", "预付款", "款到发货", "现结", "现款", "现金", "prepaid", "cash", "advance"),
    "on_delivery": ("货到付款", "货到收款", "ondelivery", "cod", "cashondelivery"),
    "monthly": ("月结", "monthly", "monthend", "eom"),
    "credit_days": ("账期", "赊销", "赊账", "net", "credit", "creditdays", "days"),
}
_TERM_OF = {word: terms for terms, words in _TERMS.items() for word in words}
_DAYS = re.compile(r"(\d{1,3})(?:天|日|days?|d)?")


def _read(values: Values) -> CustomerInput | list[Fault]:
    faults: list[Fault] = []
    if "code" in values and values["code"] is None:
        return [EMPTY("code", label=_SHAPE.fields["code"].zh)]
    name, code = values.get("name"), values.get("code") or values.get("name")
    item = CustomerInput(code=code or "")
    for each in _PLAIN:
        if values.get(each) is not None:
            setattr(item, each, values[each])
    if country := values.get("country"):
        item.country = country_code(country) or country
        if country_code(country) is None:
            faults.append(UNKNOWN_COUNTRY("country", value=country))
    if terms := values.get("payment_terms"):
        read = payment_terms(terms)
        if read is None:
            faults.append(UNKNOWN_TERMS("payment_terms", value=terms))
        else:
            item.payment_terms, days = read  # type: ignore[assignment]
            item.payment_days = days if days is not None else item.payment_days
    elif item.payment_days is not UNSET and item.payment_days > 0:
        item.payment_terms = "credit_days"
    person: dict[str, Any] = {name: values.get(each) for name, each in _CONTACT.items()}
    if any(person.values()):
        person["name"] = person["name"] or name or code
        item.contacts = [ContactInput(**person)]
    street: dict[str, Any] = {name: values.get(each) for name, each in _ADDRESS.items()}
    if street["street"]:
        street["recipient"] = street["recipient"] or values.get("contact_name") or name or code
        street["mobile"] = street["mobile"] or values.get("contact_mobile")
        item.addresses = [AddressInput(**street, country="CN" if item.country is UNSET else item.country)]
    return faults or item


def payment_terms(text: str) -> tuple[str, int | None] | None:
    """The terms, and the days if they are said: 月结30天, net 60, 先款后货."""
    plain = "".join(text.casefold().split()).replace("-", "").replace("（", "").replace("）", "")
    found = _DAYS.search(plain)
    days = int(found[1]) if found else None
    word = _DAYS.sub("", plain) if found else plain
    terms = _TERM_OF.get(plain) or _TERM_OF.get(word) or ("credit_days" if found and not word else None)
    return None if terms is None else (terms, days)


def _key(item: CustomerInput) -> Hashable:
    return item.code


def _order(items: Sequence[CustomerInput]) -> list[int]:
    """Customers before those that hang below them; circles as they come: the command tells them."""
    at = {item.code: place for place, item in enumerate(items)}
    depth: dict[int, int] = {}
    for place in range(len(items)):
        chain = []
        while place not in depth and place not in chain:
            chain.append(place)
            parent = items[place].parent
            above = at.get(parent) if isinstance(parent, str) else None
            if above is None:
                break
            place = above
        start = depth.get(place, -1)
        for number, each in enumerate(reversed(chain), start=1):
            depth.setdefault(each, start + number)
    return sorted(range(len(items)), key=lambda each: (depth[each], each))


def _unlinked(items: Sequence[CustomerInput], accepted: Collection[Hashable]) -> Sequence[CustomerInput]:
    here = {item.code for item in items}
    return [
        msgspec.structs.replace(item, parent=UNSET) if item.parent in accepted and item.parent not in here else item
        for item in items
    ]


async def _write(tx: Tx, items: Sequence[CustomerInput], by: Actor, make: bool) -> Written:
    items = [copy.copy(item) for item in items]
    made = {}
    for name, table in _WORDS.items():
        texts = [getattr(item, name) for item in items]
        found, made[name] = await codes_of(tx, table, texts, kind="parties", make=make, by=by)
        for item, text in zip(items, texts, strict=True):
            if text in found:
                setattr(item, name, found[text])
    await _keep_others(tx, items)
    saved = await save_customers(tx, customers=items, by=by, within=None)
    return Written(saved.created, saved.updated, saved.unchanged, made, saved.warnings)


async def _keep_others(tx: Tx, items: Sequence[CustomerInput]) -> None:
    """A row has one contact and one address: those that a customer has beside them stay."""
    contacts = await _existing(tx, contact, ContactInput, [item.code for item in items if item.contacts])
    addresses = await _existing(tx, address, AddressInput, [item.code for item in items if item.addresses])
    for item in items:
        if item.contacts:
            (new,) = item.contacts
            item.contacts = _merged(contacts.get(item.code, []), new, ("name",), "is_main")
        if item.addresses:
            (there,) = item.addresses
            item.addresses = _merged(addresses.get(item.code, []), there, ("recipient", "street"), "is_default")


async def _existing(tx: Tx, table: Table, kind: type[T], codes: Sequence[str]) -> dict[str, list[T]]:
    if not codes:
        return {}
    columns = [table.c[name] for name in kind.__struct_fields__]
    rows = await tx.rows(
        select(customer.c.code.label("customer_code"), *columns)
        .join(customer, (customer.c.tenant_id == table.c.tenant_id) & (customer.c.id == table.c.customer_id))
        .where(table.c.tenant_id == tx.tenant_id, among(customer.c.code, storable(codes)))
        .order_by(table.c.id)
    )
    found: dict[str, list[T]] = {}
    for row in rows:
        values = row._mapping
        found.setdefault(row.customer_code, []).append(
            kind(**{name: values[name] for name in kind.__struct_fields__})
        )
    return found


def _merged(old: Sequence[T], new: T, alike: Sequence[str], main: str) -> list[T]:
    """The old ones, with what the row says of the one that it names; else one more, the first as the main one."""
    same = next((each for each in old if all(getattr(each, n) == getattr(new, n) for n in alike)), None)
    merged = list(old)
    if same is None:
        merged.append(msgspec.structs.replace(new, **{main: not old}))
        return merged
    given = msgspec.structs.asdict(new).items()
    said = {name: value for name, value in given if value and name not in ("id", main)}
    merged[merged.index(same)] = msgspec.structs.replace(same, **said)
    return merged


def _field_of(path: str) -> str:
    head, _, rest = path.partition("[")
    names = {"contacts": _CONTACT, "addresses": _ADDRESS}.get(head, {})
    return names.get(rest.partition("].")[2], head)


CUSTOMERS = SheetKind(
    name="customers",
    shape=_SHAPE,
    examples={
        "code": "D001",
        "name": "杭州示例商贸有限公司",
        "tier": "一级",
        "region": "华东",
        "channel": "餐饮",
        "currency": "CNY",
        "payment_terms": "月结30天",
        "contact_name": "王芳",
        "contact_mobile": "13800000000",
        "recipient": "王芳",
        "province": "浙江省",
        "city": "杭州市",
        "district": "西湖区",
        "street": "文三路 1 号",
    },
    needed_for_new=frozenset({"name"}),
    read=_read,
    key=_key,
    write=_write,
    field_of=_field_of,
    order=_order,
    unlinked=_unlinked,
    makes_words=True,
)
