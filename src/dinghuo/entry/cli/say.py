"""What a command says to people, in the language of their environment."""

import os
from typing import Literal

import rich_click as click


def language() -> Literal["zh", "en"]:
    """As every program does it: Chinese when the environment says so."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return "zh" if value.startswith("zh") else "en"
    return "en"


def say(*, zh: str, en: str, err: bool = False) -> None:
    click.echo(zh if language() == "zh" else en, err=err)
