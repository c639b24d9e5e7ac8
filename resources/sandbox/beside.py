"""Other services that are served beside the org, in the same process, at the same port and under the same CA.

The org knows nothing of them: each is named as `NAME=MODULE:FACTORY`. The factory is called with a folder of its own in
the state directory and gives an ASGI application, mounted at `/NAME`, and the tokens of client and administrator, whose
door is `/NAME/admin`. An application may cut the connection of its call by `scope["extensions"]["abort"]()`.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from starlette.types import ASGIApp, Receive, Scope, Send

from .launch import Beside
from .protocol import TRANSPORTS

_SPECIFIED = re.compile(r"([a-z][a-z0-9-]*)=([\w.]+):(\w+)")
_TAKEN = frozenset({"id", "lock", "sandbox", "services", "snapshots"})
"""Names that are the org's own, of paths and of folders."""


class Neighbour(Protocol):
    """What a factory gives."""

    @property
    def app(self) -> ASGIApp: ...

    @property
    def token(self) -> str: ...

    @property
    def admin_token(self) -> str: ...

    def close(self) -> None:
        """Nothing is served any more."""


def specification(text: str) -> tuple[str, str]:
    """Name, and module and factory, of `NAME=MODULE:FACTORY`; ValueError if it is none."""
    found = _SPECIFIED.fullmatch(text)
    if found is None or found[1] in _TAKEN:
        raise ValueError(f"{text!r} is not NAME=MODULE:FACTORY, with a name in lower case that the org has not itself")
    return found[1], f"{found[2]}:{found[3]}"


def opened(name: str, factory: str, state: Path) -> Neighbour:
    """The service that this factory makes on its folder in the state directory."""
    module, _, called = factory.partition(":")
    make: Callable[[Path], Neighbour] = getattr(importlib.import_module(module), called)
    return make(state / name)


def told(name: str, neighbour: Neighbour, url: str) -> Beside:
    """What a client of the service must know, the org being at that URL."""
    base = f"{url}/{name}"
    return Beside(base, neighbour.token, f"{base}/admin", neighbour.admin_token)


def abortable(app: ASGIApp) -> ASGIApp:
    """The application, which may cut the connection of its call."""

    async def asked(scope: Scope, receive: Receive, send: Send) -> None:
        def abort() -> None:
            transport = TRANSPORTS.get(scope["client"])
            if transport is not None:
                transport.abort()

        extensions: Mapping[str, object] = scope.get("extensions") or {}
        await app({**scope, "extensions": {**extensions, "abort": abort}}, receive, send)

    return asked
