"""Roles, permissions, departments and selling organisations: under /api/v1."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, Router, delete, get, patch, put
from litestar.params import HeaderParameter

from dinghuo.identity.authenticate import changed
from dinghuo.identity.edit_company import CompanyFields, CompanySettings, edit_company, load_company
from dinghuo.identity.edits import code_to_edit
from dinghuo.identity.permissions import PERMISSIONS, SIGNED_IN, Audience
from dinghuo.identity.principals import StaffPrincipal
from dinghuo.identity.queries import (
    DepartmentView,
    OrganisationView,
    RoleView,
    list_departments,
    list_organisations,
    list_roles,
)
from dinghuo.identity.remove_role import remove_role
from dinghuo.identity.save_departments import DepartmentFields, DepartmentInput, save_departments
from dinghuo.identity.save_organisations import OrganisationFields, OrganisationInput, save_organisations
from dinghuo.identity.save_roles import RoleFields, RoleInput, save_roles
from dinghuo.identity.tables import department, organisation, role
from dinghuo.kit.bodies import Items, SavedView, saved_view
from dinghuo.kit.bulk import Saved
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.http import language_of, needs
from dinghuo.kit.remove import remove
from dinghuo.kit.revisions import etag, expected_revision

IfMatch = Annotated[str | None, HeaderParameter(name="If-Match", description="The revision that was read")]
_SIGNED_IN, _ROLES = needs(SIGNED_IN), needs("identity.roles")
_USERS, _SETTINGS = needs("identity.users"), needs("settings.write")


class PermissionView(msgspec.Struct, frozen=True):
    """One thing a role may permit; `title` is in the caller's language."""

    name: str
    audience: Audience
    title: str


@get("/permissions", opt=_SIGNED_IN)
async def read_permissions(request: Request[Any, Any, Any]) -> list[PermissionView]:
    """Every permission there is: the columns of the roles' matrix."""
    language = language_of(request)
    return [
        PermissionView(permission.name, permission.audience, permission.zh if language == "zh" else permission.en)
        for permission in PERMISSIONS.values()
    ]


@get("/roles", opt=_USERS)
async def read_roles(database: Database, staff: StaffPrincipal) -> list[RoleView]:
    """Every role with its permissions, scope and field rights."""
    async with database.transaction(staff.tenant_id) as tx:
        return await list_roles(tx)


@put("/roles", opt=_ROLES)
async def put_roles(
    request: Request[Any, Any, Any], database: Database, staff: StaffPrincipal, data: Items[RoleInput]
) -> SavedView:
    """Create or update roles by code, all or nothing. Fields left out stay as they are."""
    saved = await database.run(staff.tenant_id, lambda tx: save_roles(tx, items=data.items, by=staff.actor()))
    return saved_view(saved, language_of(request))


@patch("/roles/{role_id:uuid}", opt=_ROLES)
async def patch_role(
    request: Request[Any, Any, Any],
    database: Database,
    staff: StaffPrincipal,
    role_id: UUID,
    data: RoleFields,
    if_match: IfMatch = None,
) -> SavedView:
    """Change what is given of one role, provided that nobody else changed it meanwhile."""
    revision = expected_revision(if_match)

    async def edit(tx: Tx) -> Saved:
        code = await code_to_edit(tx, role, role_id, revision=revision, what="role")
        item = RoleInput(code=code, **msgspec.structs.asdict(data))
        return await save_roles(tx, items=[item], by=staff.actor(), path="")

    return saved_view(await database.run(staff.tenant_id, edit), language_of(request))


@delete("/roles/{role_id:uuid}", opt=_ROLES, status_code=204)
async def delete_role(database: Database, staff: StaffPrincipal, role_id: UUID) -> Response[None]:
    """Remove a role nobody has."""
    await database.run(staff.tenant_id, lambda tx: remove_role(tx, role_id=role_id, by=staff.actor()))
    return Response(None, status_code=204)


@get("/departments", opt=_SIGNED_IN)
async def read_departments(database: Database, staff: StaffPrincipal) -> list[DepartmentView]:
    """Every department, each with its parent and head."""
    async with database.transaction(staff.tenant_id) as tx:
        return await list_departments(tx)


@put("/departments", opt=_USERS)
async def put_departments(
    request: Request[Any, Any, Any], database: Database, staff: StaffPrincipal, data: Items[DepartmentInput]
) -> SavedView:
    """Create or update departments by code, all or nothing; a parent may come in the same request."""
    saved = await database.run(staff.tenant_id, lambda tx: save_departments(tx, items=data.items, by=staff.actor()))
    return saved_view(saved, language_of(request))


@patch("/departments/{department_id:uuid}", opt=_USERS)
async def patch_department(
    request: Request[Any, Any, Any],
    database: Database,
    staff: StaffPrincipal,
    department_id: UUID,
    data: DepartmentFields,
    if_match: IfMatch = None,
) -> SavedView:
    """Change what is given of one department, provided that nobody else changed it meanwhile."""
    revision = expected_revision(if_match)

    async def edit(tx: Tx) -> Saved:
        code = await code_to_edit(tx, department, department_id, revision=revision, what="department")
        item = DepartmentInput(code=code, **msgspec.structs.asdict(data))
        return await save_departments(tx, items=[item], by=staff.actor(), path="")

    return saved_view(await database.run(staff.tenant_id, edit), language_of(request))


@delete("/departments/{department_id:uuid}", opt=_USERS, status_code=204)
async def delete_department(database: Database, staff: StaffPrincipal, department_id: UUID) -> Response[None]:
    """Remove a department that nobody and nothing belongs to."""

    async def run(tx: Tx) -> None:
        await remove(tx, department, department_id, by=staff.actor())
        await changed(tx)

    await database.run(staff.tenant_id, run)
    return Response(None, status_code=204)


@get("/organisations", opt=_SIGNED_IN)
async def read_organisations(database: Database, staff: StaffPrincipal) -> list[OrganisationView]:
    """Every selling organisation."""
    async with database.transaction(staff.tenant_id) as tx:
        return await list_organisations(tx)


@put("/organisations", opt=_SETTINGS)
async def put_organisations(
    request: Request[Any, Any, Any], database: Database, staff: StaffPrincipal, data: Items[OrganisationInput]
) -> SavedView:
    """Create or update selling organisations by code, all or nothing."""
    saved = await database.run(staff.tenant_id, lambda tx: save_organisations(tx, items=data.items, by=staff.actor()))
    return saved_view(saved, language_of(request))


@patch("/organisations/{organisation_id:uuid}", opt=_SETTINGS)
async def patch_organisation(
    request: Request[Any, Any, Any],
    database: Database,
    staff: StaffPrincipal,
    organisation_id: UUID,
    data: OrganisationFields,
    if_match: IfMatch = None,
) -> SavedView:
    """Change what is given of one selling organisation, provided that nobody else changed it meanwhile."""
    revision = expected_revision(if_match)

    async def edit(tx: Tx) -> Saved:
        code = await code_to_edit(tx, organisation, organisation_id, revision=revision, what="organisation")
        item = OrganisationInput(code=code, **msgspec.structs.asdict(data))
        return await save_organisations(tx, items=[item], by=staff.actor(), path="")

    return saved_view(await database.run(staff.tenant_id, edit), language_of(request))


@get("/settings/company", opt=_SIGNED_IN)
async def read_company(database: Database, staff: StaffPrincipal) -> Response[CompanySettings]:
    """The company itself; the ETag is its revision."""
    async with database.transaction(staff.tenant_id) as tx:
        view = await load_company(tx)
    return Response(view, headers={"etag": etag(view.revision)})


@patch("/settings/company", opt=_SETTINGS)
async def patch_company(
    database: Database, staff: StaffPrincipal, data: CompanyFields, if_match: IfMatch = None
) -> CompanySettings:
    """Change the company's name, language or time zone, provided that nobody else changed it meanwhile."""
    revision = expected_revision(if_match)
    return await database.run(
        staff.tenant_id, lambda tx: edit_company(tx, fields=data, revision=revision, by=staff.actor())
    )


router = Router(
    "/",
    route_handlers=[
        read_permissions,
        read_roles,
        put_roles,
        patch_role,
        delete_role,
        read_departments,
        put_departments,
        patch_department,
        delete_department,
        read_organisations,
        put_organisations,
        patch_organisation,
        read_company,
        patch_company,
    ],
    tags=["company"],
)
