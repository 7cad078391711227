"""The log stays quick to narrow when it is long: rows read, as the application's role."""

import json
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.dialects import postgresql
from tests.support import Tenant, make_user

from dinghuo.desk.audit_log import AuditFilter, history_of, read_audit
from dinghuo.identity.principals import EVERYTHING, StaffPrincipal
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.ids import new_id

pytestmark = pytest.mark.slow

ONE = UUID("018bcfe5-6800-7000-8000-000000000001")
# Twenty thousand orders by one key; of everything else a little, long ago.
_FILL = """
insert into audit_entry (tenant_id, id, at, subject_kind, subject_id, action, actor_kind, actor_id, actor_name,
  channel)
select $1, (lpad(to_hex(1700000000000 + n), 12, '0') || '7000800000000000' || lpad(to_hex(n), 4, '0'))::uuid, now(),
  case when n <= 30 then 'role' else 'order' end, case when n = 7 then $2::uuid else gen_random_uuid() end,
  'placed', 'key', case when n <= 30 then $3::uuid else $4::uuid end, 'k', 'api'
from generate_series(1, 20000) n
"""


def _read(plan: dict[str, Any]) -> float:
    own = 0.0
    if "Scan" in plan["Node Type"] and plan.get("Relation Name") == "audit_entry":
        own = (plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)) * plan["Actual Loops"]
    return own + sum(map(_read, plan.get("Plans", ())))


async def rows_read(tx: Tx, command: Any) -> tuple[float, str]:
    """How many entries the page read."""
    statements: list[Any] = []
    rows = tx.rows

    async def kept(statement: Any) -> Any:
        statements.append(statement)
        return await rows(statement)

    tx.rows = kept  # type: ignore[method-assign]
    await command
    tx.rows = rows  # type: ignore[method-assign]
    compiled = statements[-1].compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})  # type: ignore[no-untyped-call]
    explained = (await tx.connection.exec_driver_sql(f"explain (analyze, format json) {compiled}")).all()
    tree = explained[0][0] if not isinstance(explained[0][0], str) else json.loads(explained[0][0])
    return _read(tree[0]["Plan"]), json.dumps(tree[0]["Plan"], indent=1)


@pytest.mark.parametrize(
    "wanted",
    [
        AuditFilter(),
        AuditFilter(kind="order"),
        AuditFilter(kind="role"),
        AuditFilter(actor="rare"),
        AuditFilter(subject=ONE),
        None,
    ],
)
async def test_no_filter_reads_the_whole_log(database: Database, tenant: Tenant, wanted: AuditFilter | None) -> None:
    await make_user(database, tenant, "sales", login="rare")
    staff = StaffPrincipal(id=new_id(), tenant_id=tenant.id, name="p", scope=EVERYTHING)
    async with database.transaction(tenant.id) as tx:
        rows = await tx.fetch("select id from app_user where tenant_id = $1 and login = 'rare'")
        await tx.write(_FILL, ONE, rows[0]["id"], new_id())
        await tx.connection.exec_driver_sql("select refresh_statistics('audit_entry')")
        if wanted is None:
            read, plan = await rows_read(tx, history_of(tx, staff=staff, subject_id=ONE, limit=20))
        else:
            read, plan = await rows_read(tx, read_audit(tx, staff=staff, wanted=wanted, limit=20))
        assert read <= 100, plan
        await tx.connection.rollback()
