"""What tiers, channels and regions are called by."""

from collections.abc import Mapping
from uuid import UUID

from dinghuo.kit.database import Tx

_WORDS = """
select id, code from tier where tenant_id = $1
union all select id, code from channel where tenant_id = $1
union all select id, code from region where tenant_id = $1
"""


async def load_words(tx: Tx) -> Mapping[UUID, str]:
    """Codes by id of tiers, channels and regions, remembered by the parties' version."""
    memory = await tx.cached("parties")
    if "word_codes" not in memory:
        memory["word_codes"] = {row["id"]: row["code"] for row in await tx.fetch(_WORDS)}
    words: Mapping[UUID, str] = memory["word_codes"]
    return words
