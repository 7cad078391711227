"""One embedded PostgreSQL for all tests of measuring."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from dinghuo.kit.embedded import server


@pytest.fixture
def temporary(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where installations are made meanwhile; its name is short, so that a server's socket fits into it."""
    with tempfile.TemporaryDirectory(prefix="dh") as folder:
        monkeypatch.setenv("TMPDIR", folder)
        yield Path(folder)


@pytest.fixture(scope="session")
def bench_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    data: Path = tmp_path_factory.mktemp("bench")
    with server(data, options={"fsync": "off"}) as running:
        yield running.admin_url()
