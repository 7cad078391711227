from pathlib import Path

import pytest

from dinghuo.entry.bench.postgres import ToolMissing, plain_url, tool, url_and_password, wheel_bin


@pytest.mark.parametrize(
    ("given", "plain", "bare", "password"),
    [
        ("postgresql+asyncpg://u:p%40w@h:5/d", "postgresql://u:p%40w@h:5/d", "postgresql://u@h:5/d", "p@w"),
        (
            "postgresql://u@/d?host=/run/pg&port=5",
            "postgresql://u@/d?host=%2Frun%2Fpg&port=5",
            "postgresql://u@/d?host=%2Frun%2Fpg&port=5",
            None,
        ),
    ],
)
def test_addresses_are_read_as_libpq_does_and_the_password_kept_apart(
    given: str, plain: str, bare: str, password: str | None
) -> None:
    assert plain_url(given) == plain
    assert url_and_password(given) == (bare, password)


def test_tools_come_from_the_folder_named_then_from_the_wheel(tmp_path: Path) -> None:
    wheel = wheel_bin()
    assert wheel is not None
    assert tool("pgbench", tmp_path) == wheel / "pgbench"
    (tmp_path / "pgbench").touch()
    assert tool("pgbench", tmp_path) == tmp_path / "pgbench"
    with pytest.raises(ToolMissing, match="no-such-tool"):
        tool("no-such-tool")
