"""What is sealed opens with the right key, for the right purpose, in time."""

from datetime import UTC, datetime, timedelta

import pytest

from dinghuo.kit.vault import Vault, VaultShut, is_sealed

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def test_what_is_sealed_opens_again_and_for_its_purpose_only() -> None:
    vault = Vault(["a key"])
    sealed = vault.seal("totp 1", "秘密")
    assert is_sealed(sealed) and "秘密" not in sealed
    assert vault.open("totp 1", sealed) == "秘密"
    with pytest.raises(VaultShut):
        vault.open("totp 2", sealed)
    with pytest.raises(VaultShut):
        Vault(["another key"]).open("totp 1", sealed)


def test_an_old_key_still_opens_and_the_first_seals() -> None:
    old, both = Vault(["old"]), Vault(["new", "old"])
    assert both.open("p", old.seal("p", "x")) == "x"
    assert Vault(["new"]).open("p", both.seal("p", "x")) == "x"


def test_what_was_stored_before_there_was_a_vault_is_read_as_it_is() -> None:
    assert Vault(["a key"]).open("p", "JBSWY3DPEHPK3PXP") == "JBSWY3DPEHPK3PXP"


def test_without_keys_nothing_is_sealed() -> None:
    with pytest.raises(VaultShut):
        Vault(()).seal("p", "x")


def test_a_ticket_is_good_for_its_time_and_purpose() -> None:
    vault = Vault(["a key"])
    ticket = vault.ticket("p", "x", at=NOW)
    within = timedelta(minutes=10)
    assert vault.redeem("p", ticket, at=NOW + within, within=within) == "x"
    assert vault.redeem("p", ticket, at=NOW + within + timedelta(seconds=1), within=within) is None
    assert vault.redeem("q", ticket, at=NOW, within=within) is None
    assert vault.redeem("p", ticket[:-1], at=NOW, within=within) is None
    assert vault.redeem("p", "\ud800", at=NOW, within=within) is None
