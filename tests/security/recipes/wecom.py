"""Signing in by WeCom, and being known there."""

from datetime import UTC, datetime
from uuid import UUID

import msgspec
import pyotp
from tests.security.calls import Call
from tests.security.company import Company
from tests.security.founding.wecom import SECRET
from tests.security.recipes.book import PLAIN, WITHOUT_BODY, bodies
from tests.support import VAULT

from dinghuo.kit.ids import new_id
from dinghuo.notices.wecom_sign_in import TICKET, Ticket

PLAIN.update({"GET /api/v1/wecom/door.company": "nobody"})
WITHOUT_BODY.update({"/me/wecom/begin"})


@bodies("POST /api/v1/wecom/begin")
def _to_wecom(company: Company) -> list[Call]:
    return [Call(body={"company": company.tenant.code})]


@bodies("POST /api/v1/wecom/sign-in")
def _back_from_wecom(company: Company) -> list[Call]:
    who = f"{company['wecom.user']}:{new_id()}"
    return [Call(headers=_browser(company), body={"code": who, "state": str(company["wecom.state"])})]


@bodies("POST /api/v1/wecom/second-factor")
def _and_the_code(company: Company) -> list[Call]:
    user, browser = UUID(company["wecom.careful"]), str(company["wecom.browser"])
    vouched = msgspec.json.encode(Ticket(company.tenant.id, user, browser)).decode()
    ticket = VAULT.ticket(TICKET, vouched, at=datetime.now(UTC))
    return [Call(headers=_browser(company), body={"ticket": ticket, "code": pyotp.TOTP(SECRET).now()})]


@bodies("POST /api/v1/me/wecom")
def _known_in_wecom(company: Company) -> list[Call]:
    return [Call(body={"code": f"own-{new_id()}:1", "state": str(company["wecom.own"])})]


def _browser(company: Company) -> dict[str, str]:
    return {"cookie": f"dinghuo_wecom={company['wecom.browser']}"}
