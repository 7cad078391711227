"""Refused orders say units as people call them. An order that is taken costs nothing here."""

from collections.abc import Sequence

from dinghuo.catalogue.unit_names import unit_names, with_unit_names
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import Refused
from dinghuo.orders.requests import Outcome


async def name_units(tx: Tx, outcomes: Sequence[Outcome]) -> Sequence[Outcome]:
    """The outcomes, in whose refusals units have their names."""
    if all(outcome.refused is None for outcome in outcomes):
        return outcomes
    units = await unit_names(tx)
    return [
        outcome
        if (refused := outcome.refused) is None
        else Outcome(
            refused=Refused(
                [with_unit_names(fault, units) for fault in refused.faults], retry_after=refused.retry_after
            )
        )
        for outcome in outcomes
    ]
