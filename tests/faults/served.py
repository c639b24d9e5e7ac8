"""The profile service inside this process, behind a real port: its real pages and its real faults."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from pydantic import SecretStr

from resources.engage_sandbox.faults import Fault
from resources.engage_sandbox.service import Service as Engage
from resources.sandbox.beside import abortable
from resources.sandbox.protocol import Protocol
from resources.services import Service


class Served:
    """The service, and where it is."""

    def __init__(self, engage: Engage, port: int) -> None:
        self.engage = engage
        self.where = Service("engage", "ENGAGE_", f"http://127.0.0.1:{port}", SecretStr(engage.token))

    def trouble(self, *rules: Mapping[str, Any]) -> None:
        """These faults, and no others."""
        self.engage.faults.set([Fault.of(rule) for rule in rules])

    def met(self) -> int:
        """How many calls met one."""
        return sum(rule.met for rule in self.engage.faults.rules())


@contextmanager
def served(folder: Path) -> Iterator[Served]:
    engage = Engage(folder)
    config = uvicorn.Config(
        abortable(engage.app),
        http=Protocol,
        host="127.0.0.1",
        port=0,
        log_level="critical",
        date_header=False,
        lifespan="off",
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the service did not start"
            time.sleep(0.005)
        yield Served(engage, server.servers[0].sockets[0].getsockname()[1])
    finally:
        server.should_exit = True
        thread.join(10)
        engage.close()
