"""The administrator's door from the client's side: what is asked of a service that is served. The door is `doors`."""

from __future__ import annotations

import ssl
import urllib.error
import urllib.request
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import orjson

BATCH = 5_000

Row = dict[str, Any]


class GraphAdministrator:
    """Speaks to a served service as its administrator, at its `admin_url`; its calls appear in no history."""

    def __init__(self, admin_url: str, admin_token: str, ca_file: str) -> None:
        self._url = admin_url
        self._token = admin_token
        self._open = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=ca_file)),
        ).open

    def users(self, *users: Mapping[str, object]) -> list[Row]:
        """These users are there, told by userPrincipalName and what else the door takes; their rows, with ids."""
        rows: list[Row] = self._ask("POST", "users", {"users": users})["users"]
        return rows

    def user(self, principal: str, **told: object) -> str:
        """This user is there; the id."""
        return str(self.users({"userPrincipalName": principal, **told})[0]["id"])

    def lists(self, user: str) -> list[Row]:
        """The lists of tasks, in the order in which they were made: the first is the default one."""
        rows: list[Row] = self._ask("GET", f"users/{quote(user)}/lists")["rows"]
        return rows

    def make_list(self, user: str, name: str) -> str:
        """There is a list of that name; its id."""
        return str(self._ask("POST", "lists", {"user": user, "displayName": name})["id"])

    def seed(self, user: str, *, seed: int = 0, **counts: int) -> dict[str, list[str]]:
        """So many invented `tasks`, `events`, `contacts` more; the ids by kind."""
        ids: dict[str, list[str]] = self._ask("POST", "seed", {"user": user, "seed": seed, **counts})
        return ids

    def put(self, user: str, collection: str, rows: Iterable[Mapping[str, object]], **how: object) -> list[str]:
        """New items, as a person makes them; `list` names another list, `raw` keeps whatever they are. Their ids."""
        ids: list[str] = []
        for part in _parts(rows):
            ids += self._ask("POST", "put", {"user": user, "collection": collection, "rows": part, **how})["ids"]
        return ids

    def patch(self, user: str, collection: str, *rows: Mapping[str, object], **how: object) -> None:
        """Of each item, told by its `id`, the told fields are changed."""
        for part in _parts(rows):
            self._ask("POST", "patch", {"user": user, "collection": collection, "rows": part, **how})

    def delete(self, user: str, collection: str, *ids: str, **how: object) -> None:
        """These items are gone."""
        self._ask("POST", "delete", {"user": user, "collection": collection, "ids": ids, **how})

    def move(self, user: str, *ids: str, to: str, **how: object) -> dict[str, str]:
        """These tasks are in that list, under new ids; the new ids by the old."""
        moved: dict[str, str] = self._ask("POST", "move", {"user": user, "ids": ids, "to": to, **how})["ids"]
        return moved

    def set_private(self, user: str, collection: str, *ids: str, private: bool = True, **how: object) -> None:
        """These items are private, or no longer."""
        told = {"user": user, "collection": collection, "ids": ids, "private": private}
        self._ask("POST", "private", {**told, **how})

    def rows(self, user: str, collection: str, list_id: str | None = None) -> list[Row]:
        """The items as they are now, with what is beside them, the latest made first."""
        where = f"users/{quote(user)}/{collection}" + (f"/of/{list_id}" if list_id else "")
        rows: list[Row] = self._ask("GET", where)["rows"]
        return rows

    def row(self, user: str, collection: str, item_id: str) -> Row:
        """One of them, a task of the default list; ValueError if there is none."""
        row: Row = self._ask("GET", f"users/{quote(user)}/{collection}/{item_id}")
        return row

    def clear(self) -> None:
        """There are no users and no items, and the default limits hold."""
        self._ask("POST", "clear", {})

    def advance_clock(self, seconds: float) -> str:
        """The service's clock is that much further on; what it says then."""
        now: str = self._ask("POST", "clock", {"seconds": seconds})["now"]
        return now

    def expire_delta(self, user: str | None = None) -> None:
        """No token of delta rounds holds any more, of that user or of anybody."""
        self._ask("POST", "expire", {"what": "delta", **({"user": user} if user else {})})

    def expire_bearers(self) -> None:
        """No bearer token holds any more."""
        self._ask("POST", "expire", {"what": "bearers"})

    def set_lifetime(self, seconds: int) -> None:
        """Bearer tokens given from now on hold so long."""
        self._ask("POST", "lifetime", {"seconds": seconds})

    def set_limits(self, **limits: int) -> dict[str, int]:
        """`requests` in so many `seconds`, so many `concurrent`, of one mailbox; all of them."""
        held: dict[str, int] = self._ask("POST", "limits", limits)
        return held

    def tell_bodies(self, how: str) -> None:
        """Bodies of tasks are told as `kept`, or always as `text`, to whoever prefers nothing."""
        self._ask("POST", "bodies", {"as": how})

    def set_faults(self, *rules: Mapping[str, object]) -> None:
        """These fault rules are in force, and no others; the keys of a rule are the fields of `Fault`."""
        self._ask("POST", "faults", {"rules": rules})

    def faults(self) -> list[Row]:
        """The rules in force, with how many calls each has `seen` and how many `met` it."""
        rules: list[Row] = self._ask("GET", "faults")["rules"]
        return rules

    def calls(self) -> list[Row]:
        """The calls made by clients: method, path, query, status (0: no answer), seconds, fault, parts of a batch."""
        calls: list[Row] = self._ask("GET", "calls")["calls"]
        return calls

    def counts(self) -> dict[str, int]:
        """Since forgotten: `calls` of the API, `parts` of batches, `writes` that took effect, `tokens` asked for."""
        counts: dict[str, int] = self._ask("GET", "calls/counts")
        return counts

    def forget_calls(self) -> None:
        """The history of calls is empty."""
        self._ask("DELETE", "calls")

    def doors(self) -> dict[str, str]:
        """Every door, with the body it takes and what it does."""
        doors: dict[str, str] = self._ask("GET", "doors")
        return doors

    def _ask(self, method: str, path: str, body: object = None) -> Any:
        request = urllib.request.Request(f"{self._url}/{path}", method=method)  # noqa: S310 - the URL is our own
        request.add_header("Authorization", f"Bearer {self._token}")
        try:
            with self._open(request, None if body is None else orjson.dumps(body)) as answer:
                return orjson.loads(answer.read())
        except urllib.error.HTTPError as error:
            raise ValueError(f"{method} {path}: {error.read().decode()}") from error


def _parts(rows: Iterable[Mapping[str, object]]) -> Iterable[Sequence[Mapping[str, object]]]:
    listed = list(rows)
    return [listed[start : start + BATCH] for start in range(0, len(listed), BATCH)]
