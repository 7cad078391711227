"""The environment is read once; everything wrong with it is said at once."""

from pathlib import Path

import platformdirs
import pytest

from dinghuo.kit.config import Settings, Web, settings
from dinghuo.kit.errors import Refused


def test_defaults() -> None:
    read = settings({"PORT": "", "DATABASE_URL": " "})
    assert read.workers >= 1
    assert read == Settings(data=Path(platformdirs.user_data_dir("dinghuo")), workers=read.workers)


def test_everything_given(tmp_path: Path) -> None:
    env = {
        "DATABASE_URL": "postgres://admin@db.example/dinghuo?sslmode=require",
        "DATABASE_APP_URL": "postgresql://app:pass@db.example/dinghuo",
        "DINGHUO_DATA": str(tmp_path / "a" / ".." / "b"),
        "DINGHUO_SECRET": "s",
        "HOST": "0.0.0.0",  # noqa: S104
        "PORT": "80",
        "WORKERS": "3",
        "DINGHUO_LOG": "Debug",
        "DINGHUO_KEYS": "a new key of length, an old key of length",
        "DINGHUO_ORIGINS": "https://shop.example.com/, http://10.0.0.1:8080",
        "DINGHUO_URL": "https://shop.example.com/dinghuo/",
        "DINGHUO_WECHAT_URL": "http://127.0.0.1:9",
        "FORWARDED_ALLOW_IPS": "10.0.0.0/8",
    }
    assert settings(env) == Settings(
        data=tmp_path / "b",
        database_url="postgresql://admin@db.example/dinghuo?sslmode=require",
        database_app_url=env["DATABASE_APP_URL"],
        secret="s",
        host=env["HOST"],
        port=80,
        workers=3,
        log_level="debug",
        keys=("a new key of length", "an old key of length"),
        web=Web(
            origins=("https://shop.example.com", "http://10.0.0.1:8080"),
            url="https://shop.example.com/dinghuo",
            proxies="10.0.0.0/8",
            wechat_url="http://127.0.0.1:9",
        ),
    )


def test_every_fault_names_its_variable(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    env = {
        "DATABASE_URL": "mysql://root:hidden@localhost/x",
        "DATABASE_APP_URL": "postgresql://db.example/dinghuo",
        "DINGHUO_DATA": str(tmp_path / "file"),
        "PORT": "65536",
        "WORKERS": "²",
        "DINGHUO_LOG": "loud",
        "DINGHUO_KEYS": "short",
        "DINGHUO_ORIGINS": "shop.example.com",
        "DINGHUO_URL": "ftp://shop.example.com",
        "DINGHUO_WECHAT_URL": "https://user@wechat.example",
    }
    with pytest.raises(Refused) as refused:
        settings(env)
    assert {fault.field: fault.message.code for fault in refused.value.faults} == {
        "DATABASE_URL": "setting-not-a-database",
        "DATABASE_APP_URL": "setting-not-a-database",
        "DINGHUO_DATA": "setting-not-a-directory",
        "PORT": "setting-not-a-number",
        "WORKERS": "setting-not-a-number",
        "DINGHUO_LOG": "setting-not-a-level",
        "DINGHUO_KEYS": "setting-key-too-short",
        "DINGHUO_ORIGINS": "setting-not-an-address",
        "DINGHUO_URL": "setting-not-an-address",
        "DINGHUO_WECHAT_URL": "setting-not-an-address",
    }
    for language in ("zh", "en"):
        sentences = [fault.sentence(language) for fault in refused.value.faults]
        assert all(fault.field in fault.sentence(language) for fault in refused.value.faults)
        assert "hidden" not in "".join(sentences)


def test_application_login_without_a_database() -> None:
    with pytest.raises(Refused) as refused:
        settings({"DATABASE_APP_URL": "postgresql://app:pass@db.example/dinghuo"})
    assert [fault.message.code for fault in refused.value.faults] == ["setting-app-without-database"]


def test_passwords_do_not_show() -> None:
    shown = repr(settings({"DATABASE_URL": "postgresql://a:hidden@h/d", "DINGHUO_SECRET": "hidden"}))
    assert "hidden" not in shown
