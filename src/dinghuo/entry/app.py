"""The web application: routers, who may call them, and what every answer has in common."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, cast

from litestar import Litestar, MediaType, Request, Response, Router, get
from litestar.di import Provide
from litestar.routes import HTTPRoute
from litestar.types import ASGIApp
from sqlalchemy import text
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from dinghuo.entry.clients import clients
from dinghuo.entry.compress import compressed
from dinghuo.entry.edge import edge
from dinghuo.entry.hot_lane import hot_lane
from dinghuo.entry.live.hub import Hub
from dinghuo.entry.openapi import DecimalSchema, PermissionsShown, openapi_config
from dinghuo.entry.routers import API, PORTAL
from dinghuo.identity.http.access import access
from dinghuo.identity.http.site import Site
from dinghuo.identity.permissions import OWN_ACCOUNT, PERMISSIONS, PUBLIC, SIGNED_IN, Audience
from dinghuo.identity.principals import DealerPrincipal, StaffPrincipal
from dinghuo.kit.config import Web
from dinghuo.kit.database import Database
from dinghuo.kit.http import EXCEPTION_HANDLERS
from dinghuo.kit.json_body import JsonRequest
from dinghuo.notices.wecom import WeCom
from dinghuo.orders.intake import Intake

BODY_BYTES = 10_000_000
PLAIN = Web()
Lifespan = Callable[[Litestar], AbstractAsyncContextManager[None]]


class UnguardedRoute(Exception):
    """A route does not say, or says wrongly, which permission its caller needs."""


def create_app(
    database: Database,
    *,
    intake: Intake | None = None,
    api: Sequence[Router] = API,
    portal: Sequence[Router] = PORTAL,
    body_bytes: int = BODY_BYTES,
    web: Web = PLAIN,
    hub: Hub | None = None,
    lifespan: Sequence[Lifespan] = (),
) -> Litestar:
    """The application on this database, which its caller closes.

    Raises `UnguardedRoute` when a route names no known permission.
    `hub` keeps screens; whoever gives it runs it.
    """
    intake = intake or Intake(database)
    hub = hub or Hub(database)
    site, wecom = Site(web), WeCom(web.wecom_url)
    app = Litestar(
        route_handlers=[
            Router("/api/v1", route_handlers=list(api), guards=[access(database, "staff", web.origins)]),
            Router("/portal/v1", route_handlers=list(portal), guards=[access(database, "dealer", web.origins)]),
            healthz,
            readyz,
        ],
        dependencies={
            "database": Provide(lambda: database, sync_to_thread=False),
            "intake": Provide(lambda: intake, sync_to_thread=False),
            "hub": Provide(lambda: hub, sync_to_thread=False),
            "site": Provide(lambda: site, sync_to_thread=False),
            "wecom": Provide(lambda: wecom, sync_to_thread=False),
            "staff": Provide(provide_staff, sync_to_thread=False),
            "dealer": Provide(provide_dealer, sync_to_thread=False),
        },
        request_class=JsonRequest,
        exception_handlers=EXCEPTION_HANDLERS,
        request_max_body_size=body_bytes,
        openapi_config=openapi_config(),
        plugins=[DecimalSchema(), PermissionsShown()],
        lifespan=list(lifespan),
        # What was taken in is answered before the process goes.
        on_shutdown=[intake.drain, wecom.close, site.close],
        logging_config=None,
    )
    _check_routes(app)
    inner = edge(clients(compressed(app.asgi_handler)))
    app.asgi_handler = hot_lane(
        # Under the hot lane, which asks neither for addresses nor for schemes.
        cast(ASGIApp, ProxyHeadersMiddleware(cast(Any, inner), trusted_hosts=web.proxies)),
        database=database,
        intake=intake,
        body_bytes=body_bytes,
    )
    return app


def provide_staff(request: Request[Any, Any, Any]) -> StaffPrincipal:
    """The caller of a route under /api/v1, as its guard found them."""
    principal = request.scope["user"]
    if not isinstance(principal, StaffPrincipal):
        raise TypeError("this route is not under /api/v1")
    return principal


def provide_dealer(request: Request[Any, Any, Any]) -> DealerPrincipal:
    """The caller of a route under /portal/v1, as its guard found them."""
    principal = request.scope["user"]
    if not isinstance(principal, DealerPrincipal):
        raise TypeError("this route is not under /portal/v1")
    return principal


@get("/healthz", media_type=MediaType.TEXT, include_in_schema=False)
async def healthz() -> str:
    """This process answers."""
    return "ok"


@get("/readyz", media_type=MediaType.TEXT, include_in_schema=False)
async def readyz(database: Database) -> Response[str]:
    """This process reaches its database."""
    try:
        async with database.untenanted() as connection:
            await connection.execute(text("select 1"))
    except Exception:
        return Response("the database does not answer", status_code=503, media_type=MediaType.TEXT)
    return Response("ok", media_type=MediaType.TEXT)


def _check_routes(app: Litestar) -> None:
    """Default-deny is not left to attention: an application with a route nobody thought about is not built."""
    wrong = [
        f"{sorted(handler.http_methods)} {route.path}: permission {handler.opt.get('permission')!r}"
        for route in app.routes
        if (audience := _audience(route.path)) is not None and isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        if handler.http_methods != {"OPTIONS"} and not _is_permission(handler.opt.get("permission"), audience)
    ]
    if wrong:
        raise UnguardedRoute("\n".join(wrong))


def _audience(path: str) -> Audience | None:
    return "staff" if path.startswith("/api/v1") else "dealer" if path.startswith("/portal/v1") else None


def _is_permission(name: object, audience: Audience) -> bool:
    if name in (PUBLIC, SIGNED_IN, OWN_ACCOUNT):
        return True
    return isinstance(name, str) and name in PERMISSIONS and PERMISSIONS[name].audience == audience
