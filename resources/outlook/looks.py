"""Whose lists of tasks are looked for, and their zone and addresses: everybody's within the hour.

What room a batch has left costs nothing, and is given to those who were looked for longest ago.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from resources.graph.batch import SIZE, Request, Result
from resources.graph.client import zone_of
from resources.graph.delta import Changes
from resources.graph.paths import user_path
from resources.outlook.cursor import Box
from resources.outlook.owner import met, who

EVERY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Look:
    """What was found: `vanished` are lists that Graph tells of no more."""

    box: Box
    vanished: frozenset[str] = frozenset()
    refused: Result | None = None


def due(boxes: Mapping[str, Box], now: datetime) -> list[str]:
    """Who is looked for now."""
    looked = {user: box.looked for user, box in boxes.items()}
    never = [user for user, then in looked.items() if then is None or not boxes[user].own]
    others = sorted((then, user) for user, then in looked.items() if then is not None and user not in never)
    late = [user for then, user in others if not now - EVERY < then <= now]
    parts = sum(len(box.links) for box in boxes.values()) + 3 * len(never) + 2 * len(late)
    early = [user for _, user in others if user not in late]
    return [*never, *late, *early[: -parts % SIZE // 2]]


def requests_of(user: str, box: Box) -> list[Request]:
    """What is asked besides the lists."""
    zone = Request("GET", user_path(user, "mailboxSettings"))
    return [zone] if box.own else [zone, who(user)]


def look_of(user: str, box: Box, lists: Changes, told: list[Result], now: datetime | None) -> Look:
    """What was found of a mailbox, by the answers to `requests_of`."""
    refused = lists.refused or (None if told[0].success else told[0])
    if refused is not None:
        return Look(box, refused=refused)
    box = met(box, user, told[1]) if len(told) > 1 else box
    ids = [str(row["id"]) for row in lists.rows]
    default = next((str(row["id"]) for row in lists.rows if row.get("wellknownListName") == "defaultList"), box.default)
    links = {**box.links, **{each: box.links.get(each) for each in ids}}
    vanished = frozenset(lists.removed) | (box.links.keys() - ids if lists.full else frozenset())
    zone = zone_of(told[0].content)
    found = replace(box, zone=zone, default=default, links=links, lists=lists.link, looked=now)
    return Look(found, frozenset(vanished) & box.links.keys())
