"""Messages carried to WeCom: an errand (kit.errand) of the worker."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec

from dinghuo.kit.database import Tx
from dinghuo.kit.errand import Errand
from dinghuo.kit.outbox import Delivery
from dinghuo.kit.outbox_run import Reactions
from dinghuo.notices.events import Messaged
from dinghuo.notices.wecom import Card, WeCom, WeComFailed, WeComKeys
from dinghuo.notices.wecom_app import wecom_keys

_PEOPLE = """
select m.group_id, m.title, m.body, m.link, array_agg(p.wecom_user order by p.wecom_user) as people
from message m
join wecom_person p on p.tenant_id = $1 and p.user_id = m.user_id
where m.tenant_id = $1 and m.group_id = any($2::uuid[])
group by m.group_id, m.title, m.body, m.link
"""


class Parcel(msgspec.Struct, frozen=True):
    """A message, for whom, and as which app."""

    keys: WeComKeys
    people: list[str]
    title: str
    text: str
    link: str | None


class WeComMessenger:
    """Carries messages to WeCom. `page` is what links to the console begin with; without it cards have none."""

    def __init__(self, wecom: WeCom, page: str | None) -> None:
        self._wecom = wecom
        self._page = page

    @property
    def reactions(self) -> Reactions:
        return {Messaged.kind(): [("notices.carry_to_wecom", Errand(_pack, self._carry))]}

    async def close(self) -> None:
        await self._wecom.close()

    async def _carry(self, _tenant_id: int, parcels: Mapping[UUID, Parcel]) -> Mapping[UUID, Exception]:
        failed: dict[UUID, Exception] = {}
        for id, parcel in parcels.items():
            card = Card(parcel.title, parcel.text, page_of(self._page, parcel.link))
            try:
                await self._wecom.send(parcel.keys, parcel.people, card)
            except WeComFailed as error:
                failed[id] = error
        return failed


async def _pack(tx: Tx, deliveries: Sequence[Delivery]) -> Mapping[UUID, Parcel]:
    keys = await wecom_keys(tx)
    if keys is None:
        return {}
    groups = {delivery.subject_id: delivery.event_id for delivery in deliveries}
    rows = await tx.fetch(_PEOPLE, sorted(groups))
    return {
        groups[row["group_id"]]: Parcel(keys, row["people"], row["title"], row["body"], row["link"]) for row in rows
    }


def page_of(console: str | None, link: str | None) -> str | None:
    """The console's page about what a message is about."""
    if console is None or link is None:
        return None
    kind, _, id = link.partition(":")
    rooms = {"approval": "approvals", "order": "orders"}
    return f"{console}/{rooms[kind]}/{id}" if kind in rooms else console
