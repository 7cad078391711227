"""How many rows the statements of a command read, as the application's role."""

import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy.dialects import postgresql

from dinghuo.kit.database import Tx

# Written out, an array of ids has lost its type.
_UUIDS = re.compile(r"(ARRAY\[(?:'[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'(?:, )?)*\])")


async def rows_read(tx: Tx, command: Callable[[Tx], Awaitable[Any]]) -> tuple[float, str]:
    """Rows that scans looked at, kept or thrown away, in all of its statements that read; and the dearest plan."""
    statements: list[Any] = []
    rows = tx.rows

    async def kept(statement: Any) -> Any:
        statements.append(statement)
        return await rows(statement)

    tx.rows = kept  # type: ignore[method-assign]
    await command(tx)
    tx.rows = rows  # type: ignore[method-assign]
    plans = [await _plan(tx, statement) for statement in statements]
    dearest = max(plans, key=_read)
    return sum(map(_read, plans)), json.dumps(dearest, indent=1)


async def _plan(tx: Tx, statement: Any) -> dict[str, Any]:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    compiled = statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True})
    sql = _UUIDS.sub(r"\1::uuid[]", str(compiled))
    explained = (await tx.connection.exec_driver_sql(f"explain (analyze, format json) {sql}")).all()
    tree = explained[0][0] if not isinstance(explained[0][0], str) else json.loads(explained[0][0])
    plan: dict[str, Any] = tree[0]["Plan"]
    return plan


def _read(plan: dict[str, Any]) -> float:
    own = 0.0
    if "Scan" in plan["Node Type"] and "Relation Name" in plan:
        own = (plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)) * plan["Actual Loops"]
    return own + sum(map(_read, plan.get("Plans", ())))
