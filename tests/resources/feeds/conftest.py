"""A folder of feeds, a home for dlt, and what became of a feed that was landed."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from pipelines.declaring.source import Feed
from pipelines.ports.source import Landed
from pipelines.ports.world import SourceError
from resources.feeds import Feeds

PEOPLE = Feed(name="people", key="id", required=("name",))
COLUMNS = ("id", "name", "city")


@dataclass
class Desk:
    """Puts files into the folder of feeds, lands them, and looks into the entity's file."""

    folder: Path
    home: Path
    feed: Feed = PEOPLE

    @property
    def file(self) -> Path:
        return self.home / "people.duckdb"

    @property
    def feeds(self) -> Feeds:
        return Feeds(self.folder, self.home / "dlt")

    def put(self, name: str, content: bytes | str) -> Path:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def land(self, columns: Sequence[str] = COLUMNS) -> Landed:
        return self.feeds.land(PEOPLE, columns, self.file, lambda step, done, total: None)

    def refused(self) -> SourceError:
        with pytest.raises(SourceError) as caught:
            self.land()
        assert not self.file.exists()
        return caught.value

    def rows(self, columns: str = "_line, id, name, city") -> list[tuple[object, ...]]:
        return self.ask(f"select {columns} from landing.rows order by _file, _line")

    def rejects(self) -> list[tuple[object, ...]]:
        return self.ask("select _file, _line, reason from landing.rejects order by _file, _line")

    def ask(self, sql: str) -> list[tuple[object, ...]]:
        with closing(duckdb.connect(str(self.file), read_only=True)) as connection:
            return connection.execute(sql).fetchall()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    folder, home = tmp_path / "feeds", tmp_path / "entities"
    folder.mkdir()
    home.mkdir()
    return Desk(folder, home)
