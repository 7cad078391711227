"""What two dealers call their goods, learned from orders they pasted."""

from typing import Final

from dinghuo.entry.demo.steps import NOTHING, Outcome
from dinghuo.identity.principals import EVERYTHING, StaffPrincipal
from dinghuo.kit.database import Tx
from dinghuo.orders.paste.learn import Phrase, learn
from dinghuo.parties.facts import load_customers

# By dealer: what they say, and which SKU (and unit) they mean.
_SAID: Final = {
    "D001": (
        Phrase("雪碧", "LP-LE-0330-24"),
        Phrase("大红桶", "XY-HS-0110-12", "case"),
        Phrase("小白水", "CX-NA-0380-24"),
    ),
    "D003": (Phrase("雪碧", "LP-LE-0500-15"), Phrase("老三样", "LP-CO-0500-15", "case")),
}
_SELLER: Final = "sales1"


async def phrases(tx: Tx) -> Outcome:
    """Their sales person put them right once."""
    (seller,) = await tx.fetch("select id, name from app_user where tenant_id = $1 and login = $2", _SELLER)
    principal = StaffPrincipal(
        id=seller["id"], user_id=seller["id"], tenant_id=tx.tenant_id, name=seller["name"], scope=EVERYTHING
    )
    dealers = await load_customers(tx, _SAID)
    for code, said in _SAID.items():
        await learn(tx, customer_facts=dealers[code], phrases=said, principal=principal)
    return NOTHING
