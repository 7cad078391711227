"""Lock files name no address and hold what every platform needs."""

import json
from pathlib import Path

import pytest
from tools.clients.locks import faults, mend

pytestmark = pytest.mark.slow

_SOMEWHERE = "https://somewhere.invalid"


def test_ours_are_clean() -> None:
    assert faults() == []


def test_addresses_go_and_other_platforms_come(tmp_path: Path) -> None:
    path = tmp_path / "package-lock.json"
    packages = {
        "": {"name": "x"},
        "node_modules/api": {"resolved": "api", "link": True},
        "node_modules/rolldown": {
            "version": "1.0.0",
            "resolved": f"{_SOMEWHERE}/rolldown.tgz",
            "integrity": "sha512-x",
            "dev": True,
            "optionalDependencies": {
                "@rolldown/binding-darwin-arm64": "1.0.0",
                "@rolldown/binding-linux-x64-musl": "1.0.0",
                "@rolldown/binding-linux-x64-gnu": "1.0.0",
                "fsevents": "~2.3.2",
            },
        },
        "node_modules/@rolldown/binding-linux-x64-gnu": {"version": "1.0.0", "optional": True},
    }
    path.write_text(json.dumps({"lockfileVersion": 3, "packages": packages}))

    mend(path)

    mended = json.loads(path.read_text())["packages"]
    assert "https" not in path.read_text()
    assert mended["node_modules/api"] == {"resolved": "api", "link": True}
    assert mended["node_modules/@rolldown/binding-darwin-arm64"] == {
        "version": "1.0.0",
        "optional": True,
        "dev": True,
        "cpu": ["arm64"],
        "os": ["darwin"],
    }
    assert mended["node_modules/@rolldown/binding-linux-x64-musl"]["libc"] == ["musl"]
    assert sorted(set(mended) - set(packages)) == [
        "node_modules/@rolldown/binding-darwin-arm64",
        "node_modules/@rolldown/binding-linux-x64-musl",
    ]
    before = path.read_text()
    mend(path)
    assert path.read_text() == before
