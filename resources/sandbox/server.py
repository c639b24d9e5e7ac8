"""The org's endpoints put together as one ASGI application.

A new module with endpoints is added to `ENDPOINTS`. How a call gets in and out is in `gateway`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.types import ASGIApp

from . import (
    changes,
    classic,
    composite,
    composite_batch,
    composite_graph,
    composite_tree,
    describe,
    ingest,
    limits,
    oauth,
    query,
    query_jobs,
    record_collections,
    soap,
    sobjects,
    tokens,
    userinfo,
    versions,
)  # fmt: skip
from .beside import abortable
from .dates import dated
from .doorkeeper import Doorkeeper
from .endpoint import Route, Router
from .errors import ApiError
from .gateway import Gateway
from .org import Org

ENDPOINTS = (
    oauth,
    tokens,
    userinfo,
    versions,
    limits,
    query,
    describe,
    changes,
    composite,
    composite_batch,
    composite_graph,
    composite_tree,
    record_collections,
    ingest,
    query_jobs,
    classic,
    soap,
    sobjects,
)


def collect_routes(org: Org) -> list[Route]:
    """The routes of every module with endpoints, in the order in which they are tried."""
    return [route for module in ENDPOINTS for route in module.routes(org)]


def application(
    org: Org,
    doorkeeper: Doorkeeper,
    *,
    beside: Mapping[str, ASGIApp] | None = None,
    on_ready: Callable[[], None] = lambda: None,
) -> ASGIApp:
    """The ASGI application that serves the org, and others `beside` it by name; `on_ready` is called once it does."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        on_ready()
        yield

    neighbours = [Mount(f"/{name}", app=abortable(app)) for name, app in (beside or {}).items()]
    gateway = Gateway(org, Router(collect_routes(org)), doorkeeper.away)
    return dated(
        Starlette(
            routes=[*neighbours, Mount("/", app=gateway)],
            exception_handlers={500: _unexpected},
            lifespan=lifespan,
        ),
        org.time,
    )


async def _unexpected(_: Request, error: Exception) -> Response:
    """A mistake of ours in the platform's words; its trace is in the server's log."""
    shown = ApiError(500, "UNKNOWN_EXCEPTION", f"An unexpected error occurred: {type(error).__name__}")
    return Response(orjson.dumps(shown.body()), 500, media_type="application/json")
