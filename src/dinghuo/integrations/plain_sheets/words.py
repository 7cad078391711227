"""Words that rows name by code or by name: tiers, regions, brands, units. Missing ones are made where wanted."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Table, or_, select

from dinghuo.kit.actor import Actor
from dinghuo.kit.bulk import among
from dinghuo.kit.database import Tx
from dinghuo.kit.texts import is_code, storable
from dinghuo.kit.words import NodeInput, WordInput, save_words


async def codes_of(
    tx: Tx, table: Table, texts: Iterable[Any], *, kind: str, make: bool, by: Actor
) -> tuple[dict[str, str], list[str]]:
    """The code of each text that is a word's code, or the name of exactly one; and the words that were made."""
    wanted = storable(text for text in texts if isinstance(text, str) and text)
    if not wanted:
        return {}, []
    rows = await tx.rows(
        select(table.c.code, table.c.name).where(
            table.c.tenant_id == tx.tenant_id, or_(among(table.c.code, wanted), among(table.c.name, wanted))
        )
    )
    named: dict[str, list[str]] = {}
    for row in rows:
        named.setdefault(row.name, []).append(row.code)
    found = {name: codes[0] for name, codes in named.items() if len(codes) == 1}
    found |= {row.code: row.code for row in rows}
    missing = [text for text in wanted if text not in found and text not in named and is_code(text)]
    if not make or not missing:
        return found, []
    items: Sequence[WordInput] = [
        NodeInput(code=text, name=text) if "parent_id" in table.c else WordInput(code=text, name=text)
        for text in missing
    ]
    await save_words(tx, table, items=items, by=by, kind=kind)
    return found | {text: text for text in missing}, missing
