"""A profile service that is served, a collection of it as a declaration has it, and what became of it in the file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import orjson
import pytest
from pydantic import SecretStr

from pipelines.declaring.source import Rest
from pipelines.ports.source import Landed
from pipelines.ports.world import SourceError, SystemicError
from resources.engage_sandbox.administration import EngageAdministrator
from resources.rest import RestCollections
from resources.route import Route
from resources.salesforce.patience import Patience
from resources.sandbox.launch import Connection, running
from resources.services import Service

PEOPLE = Rest("people", "engage", "/v1/profiles", key="id", required=("kind",), page=10)
COLUMNS = ("id", "kind", "account_ids", "first_name", "title", "updated_at")
STAMP = "2026-01-01T00:00:00.000Z"


@dataclass
class Counter:
    """Lands the collection and looks into the entity's file; `pauses` are the seconds that retries waited."""

    home: Path
    service: Service
    admin: EngageAdministrator
    pauses: list[float] = field(default_factory=list)
    told: list[tuple[str, int, int | None]] = field(default_factory=list)

    @property
    def file(self) -> Path:
        return self.home / "people.duckdb"

    @property
    def working(self) -> Path:
        return self.home / "dlt"

    @property
    def collections(self) -> RestCollections:
        patience = Patience(connect=2, read=1, attempts=3, pause=0.5, longest=30, sleep=self.pauses.append)
        return RestCollections(lambda _: self.service, self.working, patience)

    def put(self, *rows: Mapping[str, object], stamp: str = STAMP) -> None:
        """Profiles of kind HCP, all updated at one moment, unless told otherwise."""
        self.admin.put("profiles", [{"kind": "HCP", "updated_at": stamp, **row} for row in rows])

    def put_many(self, count: int) -> None:
        self.put(*({"id": f"p{number:05d}"} for number in range(count)))

    def answers(self, *rows: object, next_cursor: object = None, nth: int = 1) -> None:
        """The service answers those rows, whatever they are."""
        self.answers_text(orjson.dumps({"data": rows, "next_cursor": next_cursor}).decode(), nth=nth)

    def answers_text(self, body: str, *, nth: int = 1, **more: object) -> None:
        self.admin.set_faults({"path": "/", "action": "answer", "body": body, "nth": nth, "times": 0, **more})

    def land(self, source: Rest = PEOPLE, columns: Sequence[str] = COLUMNS, since: datetime | None = None) -> Landed:
        def progress(step: str, done: int, total: int | None) -> None:
            self.told.append((step, done, total))

        return self.collections.land(source, columns, self.file, progress, since)

    def refused(self, source: Rest = PEOPLE) -> SourceError | SystemicError:
        """The error of a landing; nothing of it is in the file, and nothing is left of its work."""
        before = self.rows() if self.file.exists() else None
        error = self._error(source)
        assert (self.rows() if self.file.exists() else None) == before
        assert not list(self.working.glob("staging-*"))
        assert self.service.token.get_secret_value() not in str(error)
        return error

    def _error(self, source: Rest) -> SourceError | SystemicError:
        try:
            self.land(source)
        except (SourceError, SystemicError) as error:
            return error
        pytest.fail("it landed")

    def rows(self, columns: str = "_line, id") -> list[tuple[object, ...]]:
        return self.ask(f"select {columns} from landing.rows order by _line")

    def column(self, name: str) -> list[object]:
        return [value for (value,) in self.rows(name)]

    def ask(self, sql: str) -> list[tuple[object, ...]]:
        with closing(duckdb.connect(str(self.file), read_only=True)) as connection:
            return connection.execute(sql).fetchall()

    def queries(self) -> list[str]:
        return [call["query"] for call in self.admin.calls()]


@pytest.fixture(scope="session")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    beside = {"engage": "resources.engage_sandbox:service"}
    with running(tmp_path_factory.mktemp("org") / "state", beside=beside) as served:
        yield served


@pytest.fixture
def counter(connection: Connection, tmp_path: Path) -> Iterator[Counter]:
    where = connection.beside["engage"]
    admin = EngageAdministrator(where.admin_url, where.admin_token, connection.ca_file)
    admin.clear()
    admin.forget_calls()
    service = Service("engage", "ENGAGE_", where.url, SecretStr(where.token), Route(Path(connection.ca_file)))
    home = tmp_path / "entities"
    home.mkdir()
    yield Counter(home, service, admin)
    admin.set_faults()


Elsewhere = Callable[..., Counter]


@pytest.fixture
def elsewhere(counter: Counter) -> Elsewhere:
    """The counter, with another address, token or route to the service."""

    def made(**other: Any) -> Counter:
        counter.service = replace(counter.service, **other)
        return counter

    return made
