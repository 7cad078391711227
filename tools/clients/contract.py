"""The clients' types, made from the OpenAPI document, which is made from the routes."""

import hashlib
import tempfile
from pathlib import Path

import msgspec
from tools.clients.build import install_packages
from tools.clients.node import node
from tools.clients.places import WEB

from dinghuo.entry.app import create_app
from dinghuo.kit.database import Database

TYPES = WEB / "api" / "src" / "schema.ts"
_GENERATOR = WEB / "node_modules" / "openapi-typescript" / "bin" / "cli.js"
_FLAGS = ("--root-types", "--root-types-no-schema-prefix", "--enum-values", "--alphabetize")


def document() -> bytes:
    """The OpenAPI document as this checkout has it. Nothing connects before a first query."""
    app = create_app(Database("postgresql://nobody@127.0.0.1:1/none", pool_size=1))
    return msgspec.json.encode(app.openapi_schema.to_schema(), order="deterministic")


def stamp(of: bytes) -> str:
    """The first line of the generated file: of which document it is."""
    return f"// Made by `make types` from the OpenAPI document {hashlib.sha256(of).hexdigest()[:32]}: never edited."


def is_fresh() -> bool:
    with TYPES.open(encoding="utf-8") as file:
        return file.readline().rstrip("\n") == stamp(document())


def write_types() -> None:
    TYPES.write_text(types(), encoding="utf-8")


def types() -> str:
    """What the file should say."""
    install_packages(WEB)
    source = document()
    with tempfile.TemporaryDirectory() as folder:
        given, made = Path(folder, "openapi.json"), Path(folder, "schema.ts")
        given.write_bytes(source)
        node(_GENERATOR, given, "--output", made, *_FLAGS, cwd=WEB, quiet=True)
        return f"{stamp(source)}\n{made.read_text(encoding='utf-8')}"
