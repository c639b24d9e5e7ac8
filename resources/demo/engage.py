"""The demo's profile service: users of the org, profiles and connections, and what happens to them hour by hour.

The same demo gives the same story. `engage_cases.py` lists what is planted and what the syncs make of it;
`profiles.py`, `connections.py` and `engage_later.py` make it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import duckdb

from resources.demo.connections import connections_sql
from resources.demo.engage_cases import CONNECTIONS, IN_TOUCH, PROFILES, Lived, profile_counts
from resources.demo.making import Demo, Seeds
from resources.demo.profiles import profiles_sql


class Door(Protocol):
    """A profile service whose administrator we are."""

    def put(self, collection: str, rows: Iterable[Mapping[str, object]]) -> None:
        """The rows are there."""

    def patch(self, collection: str, rows: Iterable[Mapping[str, object]]) -> None:
        """Of each row the told fields are changed, now."""

    def delete(self, *ids: str) -> None:
        """These profiles are deleted."""

    def merge(self, loser: str, into: str) -> None:
        """The profile is deleted in favour of the other."""

    def disconnect(self, *ids: str) -> None:
        """These connections ended."""

    def reconnect(self, *ids: str) -> None:
        """These connections are there again."""


@dataclass(frozen=True)
class Engage:
    """Made by `make_engage`; lives in the demo's connection."""

    connection: duckdb.DuckDBPyConnection

    def users(self) -> list[dict[str, Any]]:
        """The User records, with Ids."""
        return self._rows("from org_users order by Id")

    def profiles(self) -> list[dict[str, Any]]:
        """What the service tells of profiles, at first."""
        return self._rows("from service_profiles")

    def connections(self) -> list[dict[str, Any]]:
        """What the service tells of connections, at first."""
        return self._rows("from service_connections")

    def keys(self, entity: str, *kinds: str) -> list[str]:
        """The ids of the `profiles` or `connections` of these kinds, in their order."""
        table = {"profiles": "profile_truth", "connections": "connection_truth"}[entity]
        found = self.connection.execute(
            f"select key from {table} where list_contains($1, kind) order by number", [kinds]
        )
        return [key for (key,) in found.fetchall()]

    def kinds(self, entity: str) -> dict[str, str]:
        """The kind of each profile or connection, by its id."""
        table = {"profiles": "profile_truth", "connections": "connection_truth"}[entity]
        return dict(self.connection.execute(f"select key, kind from {table}").fetchall())

    def expected(self, entity: str) -> dict[str, int]:
        """How many rows of `profiles` or `connections` the first sync gives each outcome."""
        told: dict[str, int] = {}
        for kind in self.kinds(entity).values():
            outcome = case_of(entity, kind).outcome
            told[outcome] = told.get(outcome, 0) + 1
        return told

    def fill(self, org: Seeds, service: Door) -> None:
        """The org has the users, the service the profiles and connections, all updated weeks ago."""
        org.seed("User", self.users())
        service.put("profiles", self.profiles())
        service.put("connections", self.connections())

    def _rows(self, sql: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.connection.execute(sql).to_arrow_table().to_pylist()
        return rows


def case_of(entity: str, kind: str) -> Lived:
    """What is expected of profiles or connections of that kind."""
    if entity == "connections":
        return CONNECTIONS[kind]
    listed: Sequence[Lived] = PROFILES
    return next((case for case in listed if case.name == kind), Lived(IN_TOUCH, "created"))


def make_engage(demo: Demo, profiles: int = 1_500) -> Engage:
    """So many profiles, and two to three connections for each; ValueError if there is no room for every case."""
    for statement in (*profiles_sql(profile_counts(profiles)), *connections_sql()):
        demo.connection.execute(statement)
    return Engage(demo.connection)
