"""`dinghuo user …`"""

from typing import Any, Literal
from uuid import UUID

import rich_click as click

from dinghuo.entry.cli.passwords import password_options
from dinghuo.entry.cli.say import say


@click.group()
def user() -> None:
    """People who sign in: the company's own and its dealers'."""


@user.command(
    epilog="Examples:  dinghuo user create wang.fang --tenant acme --name 王芳 --role sales --region east\n\n"
    "dinghuo user create li.lei --tenant acme --name 李雷 --role dealer_buyer --customer C001"
)
@click.argument("login")
@click.option("--tenant", required=True, help="Code of the company.")
@click.option("--name", required=True, help="The person's name.")
@click.option("--role", "roles", multiple=True, required=True, help="Code of a role; may be repeated.")
@click.option("--customer", "customers", multiple=True, help="Code of a customer: then this is a dealer's user.")
@click.option("--region", "regions", multiple=True, help="Code of a region in the user's care; may be repeated.")
@click.option("--department", help="Code of the user's department.")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@password_options
@click.option("--json", "as_json", is_flag=True, help="Say it as one JSON object.")
def create(
    login: str,
    tenant: str,
    name: str,
    roles: tuple[str, ...],
    customers: tuple[str, ...],
    regions: tuple[str, ...],
    department: str | None,
    language: Literal["zh", "en"],
    password_stdin: bool,
    as_json: bool,
) -> None:
    """Create a user. They choose their own password when they first sign in.

    LOGIN is what they type to sign in. Without --password-stdin they get a random password, printed once.
    """
    import json

    from dinghuo.entry.cli.installation import Installation, carry_out, tenant_id
    from dinghuo.entry.cli.passwords import chosen_password
    from dinghuo.entry.create_user import create_user
    from dinghuo.identity.save_users import UserInput

    password, generated = chosen_password(password_stdin)
    links: dict[str, Any] = {"department": department} if department else {}
    item = UserInput(
        login=login,
        name=name,
        audience="dealer" if customers else "staff",
        roles=list(roles),
        customers=list(customers),
        regions=list(regions),
        language=language,
        **links,
    )

    async def run(there: Installation) -> UUID:
        return await create_user(
            there.database, await tenant_id(there.database, tenant), item=item, password=password
        )

    user_id = carry_out(run)
    if as_json:
        told = {"id": str(user_id), "tenant": tenant, "login": login}
        click.echo(json.dumps({**told, **({"password": password} if generated else {})}))
        return
    say(
        zh=f"{name} 以登录名 {login} 登录企业 {tenant}，首次登录后须自设密码",
        en=f"{name} signs in to {tenant} as '{login}' and then chooses a password.",
    )
    if generated:
        say(zh=f"初始密码（仅显示一次）：{password}", en=f"First password, shown this once: {password}")
