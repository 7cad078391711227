"""One embedded PostgreSQL for all tests of measuring."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dinghuo.kit.embedded import server


@pytest.fixture(scope="session")
def bench_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    data: Path = tmp_path_factory.mktemp("bench")
    with server(data, options={"fsync": "off"}) as running:
        yield running.admin_url()
