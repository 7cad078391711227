"""The contract of the HTTP API, as OpenAPI 3.1 and as a plain page that asks nobody else for anything."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from html import escape
from importlib.metadata import version
from typing import Any

import msgspec
from litestar import Request
from litestar._openapi.schema_generation import SchemaCreator
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin, OpenAPIRenderPlugin
from litestar.openapi.spec import Components, OpenAPIType, Operation, Schema, SecurityScheme
from litestar.plugins import OpenAPISchemaPlugin
from litestar.plugins.base import ReceiveRoutePlugin
from litestar.routes import BaseRoute, HTTPRoute
from litestar.typing import FieldDefinition

from dinghuo.identity.http.access import COOKIE, CSRF_HEADER

TITLE = "Dinghuo 订货"
_METHODS = ("get", "post", "put", "patch", "delete")
_SHOWN = ("x-permission", "parameters", "requestBody", "responses")
_STYLE = """
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
code, pre { font-family: ui-monospace, monospace; font-size: 13px }
pre { overflow-x: auto; padding: .75rem; background: color-mix(in srgb, currentColor 7%, transparent) }
summary { cursor: pointer; padding: .3rem 0 } summary b { display: inline-block; width: 4.5rem }
"""


class DecimalSchema(OpenAPISchemaPlugin):
    """Decimals travel as strings: a JSON number would be rounded by the first client that reads it."""

    def is_plugin_supported_field(self, field_definition: FieldDefinition) -> bool:
        return field_definition.annotation is Decimal

    def to_openapi_schema(self, field_definition: FieldDefinition, schema_creator: SchemaCreator) -> Schema:  # noqa: ARG002
        return Schema(type=OpenAPIType.STRING, pattern=r"^-?[0-9]+(\.[0-9]+)?$")


@dataclass
class GuardedOperation(Operation):
    """An operation with the permission its caller needs, or what its route says instead of one."""

    permission: str | None = None

    def to_schema(self) -> dict[str, Any]:
        schema = super().to_schema()
        needed = schema.pop("permission", None)
        return schema if needed is None else {**schema, "x-permission": needed}


class PermissionsShown(ReceiveRoutePlugin):
    """The contract says of every operation which permission it needs: `x-permission`."""

    def receive_route(self, route: BaseRoute) -> None:
        if isinstance(route, HTTPRoute):
            for handler in route.route_handlers:
                shown = partial(GuardedOperation, permission=handler.opt.get("permission"))
                handler.operation_class = shown  # type: ignore[assignment]


class DocsPage(OpenAPIRenderPlugin):
    """The contract to read: made here, without scripts, fonts or styles from elsewhere."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:  # noqa: ARG002
        parts = [
            f"<!doctype html><meta charset=utf-8><title>{escape(TITLE)} API</title><style>{_STYLE}</style>",
            f"<h1>{escape(TITLE)} API</h1><p><a href=/api/openapi.json>openapi.json</a></p>",
            *_operations(openapi_schema),
            "<h2>Schemas</h2>",
            *_schemas(openapi_schema),
        ]
        return "\n".join(parts).encode()


def _operations(document: dict[str, Any]) -> Iterator[str]:
    for path, item in sorted(document.get("paths", {}).items()):
        for method in _METHODS:
            if method in item:
                operation = item[method]
                shown = {key: operation[key] for key in _SHOWN if key in operation}
                yield (
                    f"<details><summary><b>{method.upper()}</b> <code>{escape(path)}</code> "
                    f"{escape(operation.get('summary', ''))}</summary>"
                    f"<p>{escape(operation.get('description', ''))}</p><pre>{_pretty(shown)}</pre></details>"
                )


def _schemas(document: dict[str, Any]) -> Iterator[str]:
    for name, schema in sorted(document.get("components", {}).get("schemas", {}).items()):
        yield f"<details><summary><code>{escape(name)}</code></summary><pre>{_pretty(schema)}</pre></details>"


def _pretty(value: Any) -> str:
    return escape(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


def openapi_config() -> OpenAPIConfig:
    return OpenAPIConfig(
        title=TITLE,
        version=version("dinghuo"),
        path="/api",
        use_handler_docstrings=True,
        render_plugins=[JsonRenderPlugin(path="/openapi.json"), DocsPage(path=["/docs", "/"])],
        components=Components(
            security_schemes={
                "key": SecurityScheme(type="http", scheme="bearer", description="API key: `tenant.id.secret`"),
                "session": SecurityScheme(
                    type="apiKey",
                    name=COOKIE,
                    security_scheme_in="cookie",
                    description=f"From sign-in; unsafe methods also send its csrf token as {CSRF_HEADER}",
                ),
            }
        ),
        security=[{"key": []}, {"session": []}],
    )
