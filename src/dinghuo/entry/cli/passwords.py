"""Passwords on the command line: read from standard input or made up, never an argument that others could see."""

import secrets
import sys
from collections.abc import Callable
from typing import Any

import rich_click as click


def password_options(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--password-stdin", is_flag=True, help="Read the password from standard input instead of making one up."
    )(command)


def chosen_password(from_stdin: bool) -> tuple[str, bool]:
    """The password, and whether it was made up here and has to be shown."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n"), False
    return secrets.token_urlsafe(12), True
