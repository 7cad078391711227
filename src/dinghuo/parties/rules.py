"""What must be true of a customer, whichever way it comes in."""

import re
from typing import Any

import msgspec
from stdnum import get_cc_module
from stdnum.cn import ric, uscc

from dinghuo.kit.bulk import Planned
from dinghuo.kit.errors import CONFLICT, MALFORMED, Fault, Message
from dinghuo.kit.faults import Faults
from dinghuo.kit.texts import check_texts

MOST_CONTACTS = 50
MOST_ADDRESSES = 200
_LONGEST_TERM = 365

PAYMENT_DAYS = Message(
    "payment-days",
    "付款方式“{terms}”的天数应为 {least} 到 {most}",
    "With the terms '{terms}', payment days run from {least} to {most}",
    CONFLICT,
)
COUNTRY_FORM = Message(
    "country-form", "国家应为两个大写字母，如 CN", "A country is two capital letters, such as CN", MALFORMED
)
CURRENCY_FORM = Message(
    "currency-form", "币种应为三个大写字母，如 CNY", "A currency is three capital letters, such as CNY", MALFORMED
)
TAX_NUMBER_WRONG = Message(
    "tax-number-wrong",
    "纳税人识别号“{number}”的长度或校验位不正确",
    "The tax number '{number}' has a wrong length or check digit",
    CONFLICT,
)
TAX_NUMBER_DOUBTFUL = Message(
    "tax-number-doubtful",
    "税号“{number}”不符合 {country} 的格式，请核对",
    "The tax number '{number}' does not look like one of {country}: please check it",
)
SEVERAL_DEFAULTS = Message("several-defaults", "只能有一个默认项", "Only one of them can be the default", MALFORMED)
TOO_MANY_DETAILS = Message("too-many-details", "最多 {most} 条", "At most {most} of them", MALFORMED)

_CUSTOMER_TEXTS = {"name": 200, "name_en": 200, "tax_number": 40, "note": 2000}
_CONTACT_TEXTS = {"name": 100, "mobile": 40, "email": 200, "title": 100}
_ADDRESS_TEXTS = {
    "label": 100,
    "recipient": 100,
    "mobile": 40,
    "province": 100,
    "city": 100,
    "district": 100,
    "street": 500,
    "postcode": 20,
}
# Registered before the unified code of 2015, or to a person in business: without a check digit.
_OLD_TAX_NUMBER = re.compile(r"[0-9A-Z]{15}|[0-9A-Z]{20}")


def check_customer(faults: Faults, line: int, item: Any) -> None:
    """Fault what is malformed in a CustomerInput or CustomerFields by itself."""
    check_texts(faults, line, item, _CUSTOMER_TEXTS)
    _check_form(faults, line, item, "country", r"[A-Z]{2}", COUNTRY_FORM)
    _check_form(faults, line, item, "currency", r"[A-Z]{3}", CURRENCY_FORM)
    for field, texts, most, main in (
        ("contacts", _CONTACT_TEXTS, MOST_CONTACTS, "is_main"),
        ("addresses", _ADDRESS_TEXTS, MOST_ADDRESSES, "is_default"),
    ):
        details = getattr(item, field)
        if details is msgspec.UNSET:
            continue
        if len(details) > most:
            faults.add(line, field, TOO_MANY_DETAILS, most=most)
        if sum(getattr(detail, main) for detail in details) > 1:
            faults.add(line, field, SEVERAL_DEFAULTS)
        for number, detail in enumerate(details):
            place = f"{field}[{number}]."
            check_texts(faults, line, detail, texts, place)
            if field == "addresses":
                _check_form(faults, line, detail, "country", r"[A-Z]{2}", COUNTRY_FORM, place)


def check_address(faults: Faults, line: int, item: Any) -> None:
    """Fault what is malformed in one address."""
    check_texts(faults, line, item, _ADDRESS_TEXTS)
    _check_form(faults, line, item, "country", r"[A-Z]{2}", COUNTRY_FORM)


def _check_form(
    faults: Faults, line: int, item: Any, field: str, form: str, message: Message, place: str = ""
) -> None:
    value = getattr(item, field)
    if isinstance(value, str) and not re.fullmatch(form, value):
        faults.add(line, place + field, message)


def check_terms(faults: Faults, row: Planned) -> None:
    """Days belong to terms that give credit."""
    terms, days = row.new["payment_terms"], row.new["payment_days"]
    least, most = {"credit_days": (1, _LONGEST_TERM), "monthly": (0, _LONGEST_TERM)}.get(terms, (0, 0))
    if not least <= days <= most:
        faults.add(row.line, "payment_days", PAYMENT_DAYS, terms=terms, least=least, most=most)


def check_tax_number(faults: Faults, row: Planned) -> list[Fault]:
    """A Chinese number must be right, since invoices bear it; about a foreign one there is at most a warning."""
    number, country = row.new["tax_number"], row.new["country"]
    if not number or not {"tax_number", "country"} & row.changes.keys():
        return []
    if country == "CN":
        if not (uscc.is_valid(number) or ric.is_valid(number) or _OLD_TAX_NUMBER.fullmatch(number)):
            faults.add(row.line, "tax_number", TAX_NUMBER_WRONG, number=number)
        return []
    form = get_cc_module(country, "vat")
    if form is None or form.is_valid(number):
        return []
    return [faults.fault(row.line, "tax_number", TAX_NUMBER_DOUBTFUL, number=number, country=country)]


def compact_tax_number(number: str | None) -> str | None:
    """As it is stored: capitals, without spaces and hyphens."""
    return re.sub(r"[\s-]", "", number).upper() or None if number else None
