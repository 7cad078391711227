"""Whose imports somebody may see: who may import sees all, but prices and costs only with the rights to them.

What people have uploaded themselves they know.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Table, or_

from dinghuo.catalogue.costs import check_sees_cost
from dinghuo.identity.principals import StaffPrincipal
from dinghuo.pricing.locked import check_sees_price

_PRICED = ("order_book", "prices")
_COSTED = ("stock",)


def check_sees_job(staff: StaffPrincipal, job: Any) -> None:
    """Raise unless what is in this import may be told."""
    if job.created_by == staff.id:
        return
    if job.kind in _PRICED:
        check_sees_price(staff)
    if job.kind in _COSTED:
        check_sees_cost(staff)


def check_sees_file(staff: StaffPrincipal, created_by: UUID | None) -> None:
    """Raise unless what is in this file may be told, whatever it is."""
    if created_by != staff.id:
        check_sees_price(staff)
        check_sees_cost(staff)


def visible(staff: StaffPrincipal, table: Table) -> ColumnElement[bool]:
    """The imports whose contents may be told."""
    hidden = (*(() if staff.sees_price else _PRICED), *(() if staff.sees_cost else _COSTED))
    return or_(table.c.created_by == staff.id, table.c.kind.not_in(hidden))
