"""Set very many prices, as an import does: in slices, each a transaction of its own, so that nobody waits long."""

from collections.abc import AsyncIterator, Iterable
from itertools import islice

from dinghuo.identity.principals import Principal
from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Database, Tx
from dinghuo.pricing.save_entries import EntriesSaved, EntryInput, save_entries

# A slice holds its lists for about a fifth of a second.
SLICE = 2_500


async def stream_entries(
    database: Database,
    tenant_id: int,
    entries: Iterable[EntryInput],
    *,
    by: Actor,
    seen_by: Principal | None = None,
) -> AsyncIterator[EntriesSaved]:
    """Save the entries and yield what came of each slice once it is committed.

    A refused slice raises, and the slices before it stay: fill a draft and publish it when all is in. Doing the
    whole again changes only what differs.
    """
    source = iter(entries)
    first = 0
    while slice_ := list(islice(source, SLICE)):
        first_of_slice = first

        async def save(tx: Tx, items: list[EntryInput] = slice_, first: int = first_of_slice) -> EntriesSaved:
            return await save_entries(tx, entries=items, by=by, seen_by=seen_by, first=first)

        yield await database.run(tenant_id, save)
        first += len(slice_)
