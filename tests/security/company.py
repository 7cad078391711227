"""A company with at least one real record of everything an operation can name. All its texts bear its mark."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from tests.security.calls import Ref
from tests.support import Tenant

# What the goods of every company cost and are sold for: amounts that nothing else comes to.
COST = Decimal("7.654321")
PRICE = Decimal("98.765432")
PASSWORD = "a password of the tests"

# Records that belong to one customer. Each company has them twice: of its sales person's, and of another's.
OF_A_CUSTOMER = frozenset(
    {
        "customer.id",
        "customer.code",
        "customer.parent",
        "contact.id",
        "address.id",
        "account.id",
        "accrual.id",
        "balance.id",
        "order.id",
        "approval.id",
        "approval_later.id",
        "order.number",
        "held.id",
        "asked.id",
        "amended.id",
        "asked_amendment.id",
        "own_amendment.id",
        "grown.id",
        "grown_amendment.id",
        "due.id",
        "slip.id",
        "order_file.sha256",
        "comment.id",
        "customer_comment.id",
        "draft.id",
        "parked.id",
        "proposal.id",
        "consent.id",
        "shopping_list.id",
        "blanket.id",
        "blanket.number",
        "blanket_draft.id",
        "rule.code",
        "quota.code",
        "contract.code",
        "contract_draft.code",
        "invitation.id",
        "notice.id",
        "notice_draft.id",
    }
)
MINE, ELSE = "MINE", "ELSE"


@dataclass(frozen=True)
class Company:
    """`refs` names a record of each kind; of a customer's, those of the half in view. `keys` are users', by login."""

    tenant: Tenant
    mark: str
    refs: Mapping[str, Ref]
    theirs: Mapping[str, Ref]
    revisions: Mapping[str, int]
    keys: Mapping[str, str]

    def __getitem__(self, kind: str) -> Ref:
        return self.refs[kind]

    def login(self, name: str) -> str:
        return f"{self.mark}-{name}".lower()

    def key(self, name: str) -> dict[str, str]:
        """The headers of the user with this name."""
        return {"x-api-key": self.keys[self.login(name)]}

    def of_the_others(self) -> "Company":
        """The same company from the side of the other half's customer."""
        return replace(self, refs={**self.refs, **self.theirs}, theirs={})

    def knowing(self, **refs: object) -> "Company":
        """The company with other records in place of these kinds (`session_id` stands for `session.id`)."""
        named = {name.replace("_", "."): value for name, value in refs.items()}
        return replace(self, refs={**self.refs, **{kind: Ref(value, kind) for kind, value in named.items()}})

    def counterpart(self, ref: Ref) -> Ref:
        """The record of this company that is to it what `ref` is to its own; of a code still free, one taken."""
        return self.refs["receipt.number" if ref.kind == "receipt.free" else ref.kind]

    def unknown(self, ref: Ref) -> Ref:
        """A value of the same form that names nothing in any company."""
        if self.mark in ref or self.mark.lower() in ref:
            return Ref(ref.replace(self.mark, "NONE").replace(self.mark.lower(), "none"), ref.kind)
        # An id or a hash: the same digits, turned round.
        turned = iter(reversed([digit for digit in ref if digit != "-"]))
        return Ref("".join(letter if letter == "-" else next(turned) for letter in ref), ref.kind)
