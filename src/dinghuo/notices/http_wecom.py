"""WeCom 企业微信: the company's app and its people, over HTTP."""

from typing import Annotated

import msgspec
from litestar import Router, get, put
from litestar.params import Parameter

from dinghuo.identity.principals import StaffPrincipal
from dinghuo.kit.bodies import Items
from dinghuo.kit.database import Database
from dinghuo.kit.http import needs
from dinghuo.kit.paging import MOST, Page
from dinghuo.notices.wecom_app import (
    WeComAppInput,
    WeComAppView,
    WeComPerson,
    list_people,
    read_wecom_app,
    save_people,
    save_wecom_app,
)

_SETTINGS, _USERS = needs("settings.write"), needs("identity.users")


class PeopleSaved(msgspec.Struct, frozen=True):
    saved: int


@get("/wecom-app", opt=_SETTINGS)
async def read_app(database: Database, staff: StaffPrincipal) -> WeComAppView:
    """The company's app in WeCom. The secret is never told."""
    async with database.transaction(staff.tenant_id) as tx:
        return await read_wecom_app(tx)


@put("/wecom-app", opt=_SETTINGS)
async def put_app(database: Database, staff: StaffPrincipal, data: WeComAppInput) -> WeComAppView:
    """Say which app it is. The secret is stored encrypted."""
    return await database.run(staff.tenant_id, lambda tx: save_wecom_app(tx, item=data, by=staff.actor()))


@get("/wecom-people", opt=_USERS)
async def read_people(
    database: Database,
    staff: StaffPrincipal,
    cursor: str | None = None,
    limit: Annotated[int, Parameter(ge=1, le=MOST)] = 50,
) -> Page[WeComPerson]:
    """Staff by login, with their names in WeCom."""
    async with database.transaction(staff.tenant_id) as tx:
        return await list_people(tx, cursor=cursor, limit=limit)


@put("/wecom-people", opt=_USERS)
async def put_people(database: Database, staff: StaffPrincipal, data: Items[WeComPerson]) -> PeopleSaved:
    """Say who is who in WeCom, all or nothing: they are told there what waits for them."""
    return PeopleSaved(
        await database.run(staff.tenant_id, lambda tx: save_people(tx, items=data.items, by=staff.actor()))
    )


router = Router("/", route_handlers=[read_app, put_app, read_people, put_people], tags=["wecom"])
