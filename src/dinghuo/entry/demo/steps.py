"""The demo company as it was made: step after step, each at its own time, done once and remembered."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.idempotency import Key, look_up, remember

DEMO = Actor("system", "demo", "cli")

Outcome = str
"""JSON; `NOTHING` where nobody will ask for it."""
Command = Callable[[Tx], Awaitable[Outcome]]
NOTHING: Outcome = "{}"

Done = Callable[[int], None]
"""Told how many steps more are done."""

_ROUTE = "demo"
_NOBODY = UUID("0198c1f0-0000-7000-8000-0000000000de")


@dataclass(frozen=True, slots=True)
class Step:
    """One transaction of the company's past. `key` names it among all."""

    key: str
    at: datetime
    command: Command


class Clock:
    """The time in the demo company while its past is made."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


def key_of(name: str) -> Key:
    return Key(_NOBODY, _ROUTE, name, "")


async def do(database: Database, clock: Clock, tenant_id: int, steps: Sequence[Step], done: Done) -> None:
    """Do those that are not done yet. What was interrupted goes on where it stopped."""
    known = await database.run(tenant_id, lambda tx: look_up(tx, [key_of(step.key) for step in steps]))
    done(len(known))
    for step in steps:
        if key_of(step.key).identity not in known:
            clock.at = step.at
            await database.run(tenant_id, partial(_once, step=step))
            done(1)


async def _once(tx: Tx, step: Step) -> None:
    key = key_of(step.key)
    if not await look_up(tx, [key]):
        await remember(tx, [(key, await step.command(tx))])


async def outcome_of(tx: Tx, name: str) -> Outcome:
    """What a step that is done came to."""
    key = key_of(name)
    return (await look_up(tx, [key]))[key.identity].outcome
