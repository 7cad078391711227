"""People, what they may, keys, sign-in."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pyotp
from tests.security.calls import Call
from tests.security.company import PASSWORD, Company
from tests.security.recipes.book import PLAIN, RECORDS, WITHOUT_BODY, bodies
from tests.support import VAULT
from tests.wechat import APP_ID

from dinghuo.identity.wechat_sign_in import TICKET, Ticket
from dinghuo.kit.ids import new_id

RECORDS.update(
    {
        "department": "department.code",
        "department_id": "department.id",
        "head": "user.login",
        "key_id": "key.id",
        "login": "user.login",
        "owner": "owner.login",
        "role": "role.code",
        "role_id": "role.id",
        "roles": "role.code",
        "session_id": "session.id",
        "user_id": "user.id",
        "GET /api/v1/audit.actor": "user.login",
        "DealerUserInput.login": "dealer.login",
        "DealerUserInput.roles": "role.dealer",
        "DELETE /api/v1/departments/{department_id}.department_id": "department.spare",
        "DepartmentFields.parent": "department.parent",
        "DepartmentInput.code": "department.code",
        "DepartmentInput.parent": "department.parent",
        "OrganisationInput.code": "organisation.code",
        "organisation": "organisation.code",
        "organisation_id": "organisation.id",
        "RoleInput.code": "role.code",
        "POST /portal/v1/users/{user_id}/password.user_id": "dealer.id",
        "POST /api/v1/users/{user_id}/wechat/unbind.user_id": "dealer.id",
        "invitation_id": "invitation.id",
        "PUT /portal/v1/members/{user_id}/roles.user_id": "dealer.id",
        "DELETE /portal/v1/members/{user_id}.user_id": "dealer.id",
    }
)
PLAIN.update({"password": "a new password", "permissions": "", "device": "", "time_zone": ""})
WITHOUT_BODY.update({"/wechat/unbind", "/sign-out", "/totp/remove"})


@bodies("PUT /api/v1/users")
def _users(company: Company) -> list[Call]:
    return [Call(body={"items": [{"login": company["user.login"], **_of_staff(company)}, _of_dealer(company)]})]


@bodies("PATCH /api/v1/users/{user_id}")
def _user(company: Company) -> list[Call]:
    dealer = {name: value for name, value in _of_dealer(company).items() if name != "login"}
    return [Call(body=_of_staff(company)), Call(path={"user_id": company["dealer.id"]}, body=dealer)]


def _of_staff(company: Company) -> dict[str, Any]:
    return {
        "name": PLAIN["name"],
        "department": company["department.code"],
        "roles": [company["role.code"]],
        "regions": [company["region.code"]],
    }


def _of_dealer(company: Company) -> dict[str, Any]:
    return {
        "login": company["dealer.login"],
        "audience": "dealer",
        "name": PLAIN["name"],
        "roles": [company["role.dealer"]],
        "customers": [company["customer.code"]],
    }


@bodies("PUT /api/v1/roles")
def _roles(company: Company) -> list[Call]:
    return [Call(body={"items": [{"code": company["role.code"], "permissions": ["orders.read", "orders.place"]}]})]


@bodies("PATCH /api/v1/roles/{role_id}")
def _role(company: Company) -> list[Call]:
    return [Call(body={"permissions": ["orders.read", "orders.place"]})]


@bodies("POST /api/v1/api-keys")
def _keys(company: Company) -> list[Call]:
    key = {"name": PLAIN["name"], "permissions": ["orders.read"]}
    return [
        Call(body=key | {"user": company["dealer.login"], "permissions": ["portal.orders.read"]}),
        Call(body=key | {"scope": "department", "departments": [company["department.code"]]}),
        Call(body=key | {"scope": "region", "regions": [company["region.code"]]}),
    ]


@bodies("POST /api/v1/customers/{customer_id}/invitations")
def _invitation(company: Company) -> list[Call]:
    return [Call(body={"roles": [company["role.dealer"]], "name": PLAIN["name"]})]


@bodies("POST /portal/v1/invitations")
def _colleague(company: Company) -> list[Call]:
    return _invitation(company)


@bodies("PUT /portal/v1/members/{user_id}/roles")
def _member(company: Company) -> list[Call]:
    return [Call(path={"user_id": company["dealer.id"]}, body={"roles": ["dealer_receiver", company["role.dealer"]]})]


@bodies("POST /portal/v1/invitations/look", "POST /portal/v1/invitations/join")
def _invited(company: Company) -> list[Call]:
    return [Call(body={"token": str(company["invitation.token"])})]


@bodies("POST /portal/v1/invitations/accept")
def _accepted(company: Company) -> list[Call]:
    who = {"login": f"{company.login('guest')}", "password": PASSWORD}
    return [Call(body=who | {"token": str(company["invitation.token"])})]


@bodies("PUT /api/v1/settings/wechat")
def _mini_program(company: Company) -> list[Call]:
    return [Call(body={"app_id": APP_ID, "active": False})]


@bodies("POST /portal/v1/wechat/sign-in")
def _by_wechat(company: Company) -> list[Call]:
    codes = (f"{company.login('dealer_buyer')}:{new_id()}", f"nobody:{new_id()}")
    return [Call(body={"code": code, "company": company.tenant.code}) for code in codes]


@bodies("POST /portal/v1/wechat/bind")
def _bound(company: Company) -> list[Call]:
    vouched = msgspec.json.encode(Ticket(company.tenant.id, APP_ID, "somebody")).decode()
    ticket = VAULT.ticket(TICKET, vouched, at=datetime.now(UTC))
    who = {"login": company.login("dealer_receiver"), "password": PASSWORD}
    return [Call(body=who | {"ticket": ticket})]


@bodies("POST /api/v1/sign-in")
def _sign_in(company: Company) -> list[Call]:
    who = {"login": company.login("owner"), "password": PASSWORD}
    return [Call(body=who | {"company": company.tenant.code})]


@bodies("POST /portal/v1/sign-in")
def _sign_in_as_dealer(company: Company) -> list[Call]:
    who = {"login": company.login("dealer_admin"), "password": PASSWORD}
    return [Call(body=who | {"company": company.tenant.code})]


@bodies("POST /api/v1/me/password", "POST /portal/v1/me/password")
def _own_password(company: Company) -> list[Call]:
    return [Call(body={"old": PASSWORD, "new": PLAIN["password"]})]


@bodies(
    "POST /api/v1/me/totp", "POST /api/v1/me/totp/remove", "POST /portal/v1/me/totp", "POST /portal/v1/me/totp/remove"
)
def _reauthenticated(company: Company) -> list[Call]:
    return [Call(body={"password": PASSWORD})]


@bodies("POST /api/v1/me/totp/confirm", "POST /portal/v1/me/totp/confirm")
def _code(company: Company) -> list[Call]:
    return [Call(body={"code": pyotp.TOTP(company["totp.secret"]).now()})]
