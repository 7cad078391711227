"""Who is asking: staff and dealers are different types, so that no handler can take one for the other."""

from collections.abc import Mapping
from typing import Literal
from uuid import UUID

import msgspec

from dinghuo.identity.permissions import PERMISSIONS
from dinghuo.kit.actor import Actor, Channel
from dinghuo.kit.errors import FORBIDDEN, Fault, Language, Message, Refused

ScopeKind = Literal["own", "department", "region", "all"]
Credential = Literal["session", "key"]

NOT_PERMITTED = Message(
    "not-permitted",
    "您没有“{zh}”权限（{permission}）",
    "This needs the permission '{en}' ({permission}), which you do not have",
    FORBIDDEN,
)


def not_permitted(permission: str) -> Fault:
    """Why somebody without this permission may not."""
    known = PERMISSIONS[permission]
    return NOT_PERMITTED("", permission=permission, zh=known.zh, en=known.en)


class Scope(msgspec.Struct, frozen=True):
    """Which customers' data staff may see. Parts add up: own ones, those of departments, those of regions.

    `kind` is the widest part. `owner_id` is None for a key that acts for no user. Departments and regions name all
    that lie below them too.
    """

    kind: ScopeKind
    owner_id: UUID | None = None
    department_ids: frozenset[UUID] = frozenset()
    region_ids: frozenset[UUID] = frozenset()


EVERYTHING = Scope("all")


class StaffPrincipal(msgspec.Struct, frozen=True, kw_only=True):
    """Someone of the tenant's own people, or a system with a key of theirs. `id` is the user's or the key's."""

    id: UUID
    tenant_id: int
    name: str
    user_id: UUID | None = None
    language: Language = "zh"
    permissions: frozenset[str] = frozenset()
    scope: Scope = Scope("own")
    department_id: UUID | None = None
    sees_cost: bool = False
    sees_margin: bool = False
    sees_price: bool = False
    credential: Credential = "session"
    credential_id: UUID | None = None
    # What must be done before anything else: change the password, or enrol a second factor.
    must: Literal["password", "totp"] | None = None

    def may(self, permission: str) -> bool:
        return permission in self.permissions

    def check(self, permission: str) -> None:
        """Raise unless this principal has the permission."""
        if permission not in self.permissions:
            raise Refused(not_permitted(permission))

    def actor(self, channel: Channel | None = None) -> Actor:
        """How documents and the audit remember this principal."""
        by_key = self.credential == "key"
        return Actor("key" if by_key else "staff", self.name, channel or ("api" if by_key else "console"), self.id)


class Rights(msgspec.Struct, frozen=True):
    """What a dealer's user may do in one of their companies."""

    permissions: frozenset[str] = frozenset()
    sees_price: bool = False


class DealerPrincipal(msgspec.Struct, frozen=True, kw_only=True):
    """Someone of a customer. `customer_id` is the one acted for now, `customer_ids` all this user belongs to.

    `permissions` and `sees_price` are those in the present company; `rights` says those of companies in which the
    user has roles of their own, `everywhere` those of the others.
    """

    id: UUID
    tenant_id: int
    user_id: UUID
    name: str
    customer_id: UUID
    customer_ids: frozenset[UUID]
    language: Language = "zh"
    permissions: frozenset[str] = frozenset()
    sees_price: bool = False
    everywhere: Rights = Rights()
    rights: Mapping[UUID, Rights] = {}
    credential: Credential = "session"
    credential_id: UUID | None = None
    must: Literal["password", "totp"] | None = None

    def may(self, permission: str) -> bool:
        return permission in self.permissions

    def rights_in(self, customer_id: UUID) -> Rights:
        return self.rights.get(customer_id, self.everywhere)

    def acting_for(self, customer_id: UUID) -> "DealerPrincipal":
        """The same user in another of their companies."""
        there = self.rights_in(customer_id)
        return msgspec.structs.replace(
            self, customer_id=customer_id, permissions=there.permissions, sees_price=there.sees_price
        )

    def check(self, permission: str) -> None:
        """Raise unless this principal has the permission."""
        if permission not in self.permissions:
            raise Refused(not_permitted(permission))

    def actor(self, channel: Channel | None = None) -> Actor:
        """How documents and the audit remember this principal."""
        return Actor("key" if self.credential == "key" else "dealer", self.name, channel or "portal", self.id)


Principal = StaffPrincipal | DealerPrincipal


def person_of(principal: Principal) -> UUID:
    """Whose it is what somebody keeps or says: the user's, by whatever credential; a system's key has its own."""
    return principal.user_id or principal.id


def lacking(principal: Principal, permission: str) -> list[Fault]:
    """Why not, when this principal has no such permission."""
    return [] if principal.may(permission) else [not_permitted(permission)]
