"""State machines as data, and the one statement that moves rows along them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Table, update

from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, Message, Refused

WRONG_STATE = Message(
    "wrong-state",
    "当前状态不允许此操作",
    "The present state does not allow this (wanted state: {to})",
    CONFLICT,
)


@dataclass(frozen=True)
class Machine:
    """Which states a document has and which moves between them exist."""

    initial: str
    moves: frozenset[tuple[str, str]]

    @property
    def states(self) -> tuple[str, ...]:
        return tuple(sorted({self.initial} | {state for move in self.moves for state in move}))

    def sources(self, to: str) -> list[str]:
        return sorted(source for source, target in self.moves if target == to)

    def targets(self, source: str) -> list[str]:
        return sorted(target for origin, target in self.moves if origin == source)


def machine(initial: str, moves: Mapping[str, Sequence[str]]) -> Machine:
    """A machine from `{"draft": ["confirmed", "cancelled"], …}`."""
    return Machine(initial, frozenset((source, to) for source, tos in moves.items() for to in tos))


async def transition(tx: Tx, table: Table, states: Machine, ids: Sequence[UUID], to: str, **values: Any) -> None:
    """Move all of `ids` to `to`, or none: raises WRONG_STATE for each row that was not in a source state."""
    moved = await tx.rows(
        update(table)
        .where(table.c.tenant_id == tx.tenant_id, table.c.id.in_(ids), table.c.state.in_(states.sources(to)))
        .values(state=to, **values)
        .returning(table.c.id)
    )
    missed = set(ids) - {row.id for row in moved}
    if missed:
        raise Refused([WRONG_STATE("state", to=to, id=str(missing)) for missing in sorted(missed)])
