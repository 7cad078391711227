"""`dinghuo key …`"""

from datetime import datetime
from typing import Any, Literal

import rich_click as click

from dinghuo.entry.cli.say import say


@click.group()
def key() -> None:
    """API keys, with which systems sign in."""


@key.command(epilog="Example:  dinghuo key create --tenant acme --name erp --permission orders.read")
@click.option("--tenant", required=True, help="Code of the company.")
@click.option("--name", required=True, help="What the key is for, as people will see it in lists.")
@click.option("--permission", "permissions", multiple=True, help="A permission; may be repeated.")
@click.option("--all-permissions", is_flag=True, help="Every permission of the company's own staff.")
@click.option("--user", help="Login of the user it acts for: it may do what that user may, no more.")
@click.option("--region", "regions", multiple=True, help="Only data of this region's customers; may be repeated.")
@click.option("--department", "departments", multiple=True, help="Only data of this department's customers.")
@click.option("--expires", type=click.DateTime(["%Y-%m-%d"]), help="Not valid from this day on (UTC).")
@click.option("--json", "as_json", is_flag=True, help="Say it as one JSON object.")
def create(
    tenant: str,
    name: str,
    permissions: tuple[str, ...],
    all_permissions: bool,
    user: str | None,
    regions: tuple[str, ...],
    departments: tuple[str, ...],
    expires: datetime | None,
    as_json: bool,
) -> None:
    """Make an API key and print it. It is shown this once; only its hash is kept."""
    import json
    from datetime import UTC
    from functools import partial

    from dinghuo.entry.cli.installation import Installation, carry_out, tenant_id
    from dinghuo.entry.create_user import CLI
    from dinghuo.identity.create_key import KeyLimits, NewKey, create_key
    from dinghuo.identity.permissions import permissions_of
    from dinghuo.identity.tokens import Token

    scope: Literal["all", "department", "region"] = "region" if regions else "department" if departments else "all"
    everything: dict[str, Any] = {} if user else {"sees_cost": True, "sees_margin": True, "sees_price": True}
    wanted = NewKey(
        name=name,
        permissions=sorted({*permissions, *(permissions_of("staff") if all_permissions else ())}),
        user=user,
        scope=scope,
        departments=list(departments),
        regions=list(regions),
        expires_at=expires.replace(tzinfo=UTC) if expires else None,
        **everything,
    )

    async def run(there: Installation) -> Token:
        command = partial(create_key, key=wanted, by=CLI, limits=KeyLimits())
        return await there.database.run(await tenant_id(there.database, tenant), command)

    token = carry_out(run)
    if as_json:
        click.echo(json.dumps({"id": str(token.id), "tenant": tenant, "name": name, "key": token.text()}))
    else:
        click.echo(token.text())
        say(
            zh="仅显示一次。请求时放在：Authorization: Bearer …",
            en="Shown this once. Send it as:  Authorization: Bearer …",
            err=True,
        )
