"""The operations of the application, as its own OpenAPI document names them: nothing here knows a route."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from litestar import Litestar

Schema = dict[str, Any]
_METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Parameter:
    """`place` is path, query or header."""

    name: str
    place: str
    required: bool
    schema: Schema


@dataclass(frozen=True)
class Operation:
    """One method of one path. `body` is the schema of its JSON, if it takes any."""

    method: str
    path: str
    permission: str
    parameters: tuple[Parameter, ...]
    body: Schema | None
    components: Schema = field(repr=False, compare=False, hash=False)

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def audience(self) -> str:
        return "dealer" if self.path.startswith("/portal/") else "staff"

    @property
    def is_read(self) -> bool:
        return self.method == "GET"

    def parameters_in(self, place: str) -> list[Parameter]:
        return [parameter for parameter in self.parameters if parameter.place == place]

    def plain(self, schema: Schema) -> tuple[str, Schema]:
        """A schema without references and null: the name it has among the components, and itself."""
        name = ""
        while True:
            if "$ref" in schema:
                name = schema["$ref"].rpartition("/")[2]
                schema = self.components[name]
            elif "oneOf" in schema:
                schema = next(part for part in schema["oneOf"] if part.get("type") != "null")
            else:
                return name, schema


def operations(app: Litestar) -> list[Operation]:
    """Every operation of the API and the portal."""
    document = app.openapi_schema.to_schema()
    return list(_read(document))


def _read(document: Schema) -> Iterator[Operation]:
    components = document["components"]["schemas"]
    for path, item in sorted(document["paths"].items()):
        if not path.startswith(("/api/v1", "/portal/v1")):
            continue
        for method in _METHODS:
            if method in item:
                found = item[method]
                parameters = tuple(
                    Parameter(one["name"], one["in"], one.get("required", False), one["schema"])
                    for one in found.get("parameters", [])
                )
                content = found.get("requestBody", {}).get("content", {})
                body = next((media["schema"] for media in content.values()), None)
                permission = found.get("x-permission", "")
                yield Operation(method.upper(), path, permission, parameters, body, components)
