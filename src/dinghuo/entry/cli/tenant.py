"""`dinghuo tenant …`"""

from typing import Literal

import rich_click as click

from dinghuo.entry.cli.passwords import password_options
from dinghuo.entry.cli.say import say


@click.group()
def tenant() -> None:
    """Companies that use this installation."""


@tenant.command(epilog='Example:  dinghuo tenant create acme --name "上海示例商贸" --host acme.example.com')
@click.argument("code")
@click.option("--name", required=True, help="The company's name.")
@click.option("--owner", default="owner", show_default=True, help="Login of its first user, who may do everything.")
@click.option("--owner-name", help="That user's name.  [default: the login]")
@click.option("--host", "hosts", multiple=True, help="A host name that belongs to it; may be repeated.")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@click.option("--currency", default="CNY", show_default=True)
@click.option("--time-zone", default="Asia/Shanghai", show_default=True)
@password_options
@click.option("--json", "as_json", is_flag=True, help="Say it as one JSON object.")
def create(
    code: str,
    name: str,
    owner: str,
    owner_name: str | None,
    hosts: tuple[str, ...],
    language: Literal["zh", "en"],
    currency: str,
    time_zone: str,
    password_stdin: bool,
    as_json: bool,
) -> None:
    """Create a company with its first organisation, the usual roles and an owner.

    CODE is what people type to sign in to it: lower-case letters, digits and hyphens. Without --password-stdin the
    owner gets a random password, printed once.
    """
    import json

    from dinghuo.entry.cli.installation import Installation, carry_out
    from dinghuo.entry.cli.passwords import chosen_password
    from dinghuo.entry.create_user import CLI
    from dinghuo.identity.create_tenant import CreatedTenant, NewTenant, create_tenant

    password, generated = chosen_password(password_stdin)
    new = NewTenant(
        code=code, name=name, owner_login=owner, owner_name=owner_name or owner, hosts=hosts, language=language,
        currency=currency, time_zone=time_zone,
    )  # fmt: skip

    async def run(there: Installation) -> CreatedTenant:
        return await create_tenant(there.database, new, password=password, by=CLI)

    made = carry_out(run)
    if as_json:
        told = {"id": made.id, "code": code, "organisation_id": str(made.organisation_id), "owner": owner}
        click.echo(
            json.dumps({**told, "owner_id": str(made.owner_id), **({"password": password} if generated else {})})
        )
        return
    say(
        zh=f"已创建企业 {code}（{name}），负责人登录名 {owner}",
        en=f"Company {code} ({name}) is there. Its owner signs in as '{owner}'.",
    )
    if generated:
        say(zh=f"密码（仅显示一次）：{password}", en=f"Password, shown this once: {password}")
