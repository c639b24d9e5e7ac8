"""The administrator's door from the client's side: what is asked of a service that is served. The door is `doors`."""

from __future__ import annotations

import ssl
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

import orjson

BATCH = 20_000


class EngageAdministrator:
    """Speaks to a served service as its administrator, at its `admin_url`; its calls appear in no history."""

    def __init__(self, admin_url: str, admin_token: str, ca_file: str) -> None:
        self._url = admin_url
        self._token = admin_token
        self._open = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=ca_file)),
        ).open

    def put(self, collection: str, rows: Iterable[Mapping[str, object]]) -> None:
        """The rows are there whole, updated now unless they have an `updated_at`; those with their ids are replaced."""
        self._in_batches("put", collection, rows)

    def patch(self, collection: str, rows: Iterable[Mapping[str, object]]) -> None:
        """Of each row the told fields are changed; it was updated now unless that is told."""
        self._in_batches("patch", collection, rows)

    def delete(self, *ids: str) -> None:
        """These profiles are deleted; their connections stay as they are."""
        self._ask("POST", "delete", {"ids": ids})

    def merge(self, loser: str, into: str) -> None:
        """The profile is deleted in favour of the other."""
        self._ask("POST", "merge", {"loser": loser, "into": into})

    def disconnect(self, *ids: str) -> None:
        """These connections ended now."""
        self._ask("POST", "disconnect", {"ids": ids})

    def reconnect(self, *ids: str) -> None:
        """These connections, which had ended, are there again."""
        self._ask("POST", "reconnect", {"ids": ids})

    def clear(self) -> None:
        """There are no rows."""
        self._ask("POST", "clear", {})

    def advance_clock(self, seconds: float) -> str:
        """The service's clock is that much further on; what it says then."""
        now: str = self._ask("POST", "clock", {"seconds": seconds})["now"]
        return now

    def set_faults(self, *rules: Mapping[str, object]) -> None:
        """These fault rules are in force, and no others; the keys of a rule are the fields of `Fault`."""
        self._ask("POST", "faults", {"rules": rules})

    def faults(self) -> list[dict[str, Any]]:
        """The rules in force, with how many calls each has `seen` and how many `met` it."""
        rules: list[dict[str, Any]] = self._ask("GET", "faults")["rules"]
        return rules

    def row(self, collection: str, row_id: str) -> dict[str, Any]:
        """The row as it is now; ValueError if there is none."""
        row: dict[str, Any] = self._ask("GET", f"{collection}/{row_id}")
        return row

    def count(self, collection: str) -> int:
        """How many rows there are."""
        return int(self._ask("GET", collection)["rows"])

    def calls(self) -> list[dict[str, Any]]:
        """The calls made by clients: method, path, query, status (0: closed without an answer), seconds, fault."""
        calls: list[dict[str, Any]] = self._ask("GET", "calls")["calls"]
        return calls

    def forget_calls(self) -> None:
        """The history of calls is empty."""
        self._ask("DELETE", "calls")

    def doors(self) -> dict[str, str]:
        """Every door, with the body it takes and what it does."""
        doors: dict[str, str] = self._ask("GET", "doors")
        return doors

    def _in_batches(self, door: str, collection: str, rows: Iterable[Mapping[str, object]]) -> None:
        for batch in _batches(rows):
            self._ask("POST", door, {"collection": collection, "rows": batch})

    def _ask(self, method: str, path: str, body: object = None) -> Any:
        request = urllib.request.Request(f"{self._url}/{path}", method=method)  # noqa: S310 - the URL is our own
        request.add_header("Authorization", f"Bearer {self._token}")
        try:
            with self._open(request, None if body is None else orjson.dumps(body)) as answer:
                return orjson.loads(answer.read())
        except urllib.error.HTTPError as error:
            raise ValueError(f"{method} {path}: {error.read().decode()}") from error


def _batches(rows: Iterable[Mapping[str, object]]) -> Iterator[list[Mapping[str, object]]]:
    left = iter(rows)
    while batch := list(islice(left, BATCH)):
        yield batch
