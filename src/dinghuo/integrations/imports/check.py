"""Ask for a dry run: what an import would do, and which cells are in its way. Nothing is written."""

from collections.abc import Sequence
from uuid import UUID
from zoneinfo import ZoneInfoNotFoundError

import msgspec

from dinghuo.identity.principals import StaffPrincipal
from dinghuo.integrations.imports import messages as say
from dinghuo.integrations.imports.jobs import Options, check_action, lock_job, queue
from dinghuo.integrations.imports.kinds import shape_of
from dinghuo.integrations.imports.look import Look
from dinghuo.integrations.imports.mappings import remember
from dinghuo.integrations.imports.tables import import_slice
from dinghuo.integrations.sheets import Mapping, Shape
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import Fault, Language, Refused


async def check_import(
    tx: Tx,
    *,
    import_id: UUID,
    mapping: Mapping,
    options: Options,
    remember_as: str | None,
    language: Language,
    staff: StaffPrincipal,
) -> None:
    """The mapping is checked here and now, with every fault; it is remembered for the next file of this header."""
    job = await lock_job(tx, import_id, staff)
    check_action(job, "check")
    look = msgspec.convert(job.look, Look)
    # The table is the one that was looked at.
    mapping = msgspec.structs.replace(mapping, worksheet=None, header_row=None)
    check_mapping(mapping, look.header, len(look.columns), shape_of(job.kind))
    # What was written with another mapping is in other slices.
    await tx.execute(
        import_slice.delete().where(import_slice.c.tenant_id == tx.tenant_id, import_slice.c.import_id == import_id)
    )
    await remember(tx, kind=job.kind, header=look.header, mapping=mapping, name=remember_as, by=staff.actor())
    await queue(
        tx, job, "check", by=staff.actor(),
        mapping=msgspec.to_builtins(mapping), options=msgspec.to_builtins(options), language=language,
        report=None, result=None, begun=None, checked_at=None,
    )  # fmt: skip


def check_mapping(mapping: Mapping, header: Sequence[str], width: int, shape: Shape) -> None:
    """Raise with everything that is wrong with a mapping, placed in the request."""
    faults: list[Fault] = []
    try:
        mapping.zone  # noqa: B018 - a zone that is none is told now
    except (ZoneInfoNotFoundError, ValueError, OSError):
        faults.append(say.BAD_ZONE("mapping.time_zone", zone=mapping.time_zone))
    try:
        mapping.check(shape)
        mapping.bind(header, width, shape)
    except Refused as refused:
        faults += [Fault(each.message, f"mapping.columns.{each.field}", None, each.params) for each in refused.faults]
    if faults:
        raise Refused(faults)
