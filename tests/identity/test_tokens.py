"""Credentials as text."""

from uuid import UUID

import pytest

from dinghuo.identity.tokens import hash_secret, new_token, parse_token

ID = UUID("0198c1f0-0000-7000-8000-000000000001")


def test_a_token_is_read_back_as_it_was_written() -> None:
    token = new_token(7, ID)
    assert parse_token(token.text()) == token
    assert token.text().startswith("7.0198c1f0000070008000000000000001.")
    assert len(token.secret) == 43
    assert token.hash == hash_secret(token.secret)


def test_two_tokens_share_neither_secret_nor_csrf_token() -> None:
    one, two = new_token(7, ID), new_token(7, ID)
    assert one.secret != two.secret
    assert one.csrf() != two.csrf()


def test_a_token_does_not_show_its_secret() -> None:
    token = new_token(7, ID)
    assert repr(token) == f"Token(7, {ID}, …)"
    assert token.secret not in f"{token} {token!r} {[token]}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "1.2.3",
        f"0.{ID.hex}.secret",
        f"-1.{ID.hex}.secret",
        f"+1.{ID.hex}.secret",
        f"１.{ID.hex}.secret",
        f"99999999999999999999.{ID.hex}.secret",
        f"9999999999999999999.{ID.hex}.secret",
        f"7.{ID}.secret",
        f"7.{ID.hex}.",
        f"7.{ID.hex}",
        f"7.{'g' * 32}.secret",
        f"7.{ID.hex}.sécret",
    ],
)
def test_what_has_not_the_form_of_a_token_is_none(text: str) -> None:
    assert parse_token(text) is None
