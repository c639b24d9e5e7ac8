"""The book of what is wrong and who was told: `$CONCORD_HOME/alerts.json`, readable by its owner alone.

One process at a time has it open, sending included, so that two that end at once tell nothing twice. What an address
did not take is tried again whenever the book is opened for a run or for checks.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path

from pipelines.telling.signs import Sign
from pipelines.telling.standing import Message, Standing, groups, message, noted
from resources.notify import Addresses

BUSY_SECONDS = 60.0
"""How long another process is waited for. What is not written down now, the next run shows again."""


@dataclass(frozen=True, slots=True)
class Page:
    """What the book holds. `trouble`: why an address, by its number, did not take what was sent to it last."""

    standing: list[Standing] = field(default_factory=list)
    trouble: dict[str, str] = field(default_factory=dict)


class AlertBook:
    """The book of one `CONCORD_HOME`."""

    def __init__(self, home: Path, addresses: Addresses) -> None:
        self._home = home
        self._file = home / "alerts.json"
        self._addresses = addresses

    def page(self) -> Page:
        """What stands in the book now."""
        return self._read()[0]

    def note(self, signs: Iterable[Sign], now: datetime) -> list[str]:
        """Writes down what the signs show, and tells what is news; returns what could not be done, a sentence each."""
        with self._mine() as mine:
            if not mine:
                return ["alerts: another process is still sending; the next run tells what is to be told"]
            page, troubles = self._read()
            page = Page(noted(page.standing, signs, now, len(self._addresses)), page.trouble)
            self._write(page)  # should we be killed while we send, it is told later
            page, sent = self._told(page)
            self._write(page)
            return [*troubles, *sent]

    def trial(self) -> dict[int, str | None]:
        """Sends a test message to every address; what went wrong, by its number. Nothing is written down."""
        said = Message("Concord: a test", f"Somebody tries this address; nothing is wrong.\n{self._place()}", "info")
        return {number: self._addresses.send(number, said) for number in range(1, len(self._addresses) + 1)}

    def _told(self, page: Page) -> tuple[Page, list[str]]:
        """The page once every address was tried; one that does not answer is not tried twice."""
        standing = {one.thing: one for one in page.standing}
        trouble: dict[str, str] = {}
        tried = set()
        for group in groups(page.standing):
            said = message(group, self._place())
            left = []
            for number in (number for number in group[0].untold if number <= len(self._addresses)):
                problem = trouble.get(str(number)) or self._addresses.send(number, said)
                tried.add(str(number))
                if problem:
                    trouble[str(number)] = problem
                    left.append(number)
            for one in group:
                standing[one.thing] = replace(one, untold=tuple(left))
        kept = {number: why for number, why in page.trouble.items() if number not in tried}
        return Page(list(standing.values()), {**kept, **trouble}), list(trouble.values())

    def _place(self) -> str:
        return f"{socket.gethostname()}, {self._home.absolute()}"

    def _read(self) -> tuple[Page, list[str]]:
        try:
            found = json.loads(self._file.read_text("utf-8"))
            standing = [Standing(**{**one, "untold": tuple(one["untold"])}) for one in found["standing"]]
            return Page(standing, found["trouble"]), []
        except FileNotFoundError:
            return Page(), []
        except (ValueError, KeyError, TypeError):
            return Page(), [f"alerts: {self._file} could not be read, and is begun anew"]

    def _write(self, page: Page) -> None:
        fresh = self._file.with_suffix(f".{os.getpid()}.new")
        try:
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
                json.dump(asdict(page), stream, indent=1)
                stream.flush()
                os.fsync(stream.fileno())
            fresh.replace(self._file)
        finally:
            fresh.unlink(missing_ok=True)

    @contextmanager
    def _mine(self) -> Iterator[bool]:
        """Nobody else has the book inside; False where somebody kept it for too long."""
        self._home.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(self._home / "alerts.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            yield _locked(descriptor, time.monotonic() + BUSY_SECONDS)
        finally:
            os.close(descriptor)


def _locked(descriptor: int, deadline: float) -> bool:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.1)
        else:
            return True
