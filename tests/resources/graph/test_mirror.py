"""A copy kept by delta rounds is always what the mailbox holds, whatever happens to either."""

from __future__ import annotations

import random
from contextlib import suppress
from typing import Any

import pytest

from pipelines.ports.world import SourceError
from resources.graph.client import Graph
from resources.graph.delta import Feed, contacts_of, events_of, tasks_of
from tests.resources.graph.conftest import ADA, BERLIN, Office

SPAN = ("2027-01-01T00:00:00Z", "2027-03-01T00:00:00Z")
WEEKLY = {"pattern": {"type": "weekly", "interval": 1}, "range": {"type": "numbered", "numberOfOccurrences": 4}}
SEEDS = [*range(6), *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(6, 200))]
FAULTS = ("too-many-requests", "unavailable", "cut", "truncate", "replay", "unauthorized")


class Copy:
    """What somebody knows who reads only changes."""

    def __init__(self, feed: Feed) -> None:
        self.feed = feed
        self.rows: dict[str, Any] = {}
        self.link: str | None = None

    def read(self, graph: Graph) -> None:
        (found,) = graph.changes([Feed(self.feed.path, self.link, self.feed.zone)])
        assert found.refused is None
        if found.full:
            self.rows.clear()
        self.rows.update({row["id"]: row for row in found.rows})
        for item_id in found.removed:
            self.rows.pop(item_id, None)
        self.link = found.link


def event(dice: random.Random) -> dict[str, Any]:
    day = f"2027-{dice.choice(('01', '02', '05'))}-{dice.randrange(1, 28):02d}"
    times = {
        name: {"dateTime": f"{day}T{hour}:00:00", "timeZone": BERLIN} for name, hour in (("start", 10), ("end", 11))
    }
    return {"subject": str(dice.random()), **times, **({"recurrence": WEEKLY} if dice.random() < 0.2 else {})}


def live(office: Office, kind: str) -> list[dict[str, Any]]:
    """What a person may still change; exceptions of series stay as they are."""
    return [row for row in office.admin.rows(ADA, kind) if row.get("type") != "exception"]


def something_happens(office: Office, dice: random.Random, calendar: dict[str, Any]) -> None:
    single = [row["id"] for row in calendar.values() if row.get("type") == "occurrence"]
    if single and dice.random() < 0.2:
        to_one_occurrence(office, dice, dice.choice(single))
        return
    kind = dice.choice(("tasks", "events", "contacts"))
    rows = live(office, kind)
    new = {"tasks": {"title": str(dice.random())}, "events": event(dice), "contacts": {"givenName": str(dice.random())}}
    what = dice.random()
    if what < 0.45 or not rows:
        office.admin.put(ADA, kind, [new[kind]] * dice.randrange(1, 4))
    elif what < 0.75:
        change = {name: value for name, value in new[kind].items() if name != "recurrence" or dice.random() < 0.5}
        office.admin.patch(ADA, kind, {"id": dice.choice(rows)["id"], **change})
    elif what < 0.95:
        office.admin.delete(ADA, kind, dice.choice(rows)["id"])
    else:
        office.admin.expire_delta()


def to_one_occurrence(office: Office, dice: random.Random, item_id: str) -> None:
    with suppress(ValueError):  # the series may be gone by now
        if dice.random() < 0.5:
            office.admin.delete(ADA, "events", item_id)
        else:
            office.admin.patch(ADA, "events", {"id": item_id, "subject": str(dice.random())})


def held(office: Office, graph: Graph) -> list[set[tuple[str, str]]]:
    """Ids and versions of what the mailbox holds, as somebody sees who reads all of it."""
    copies = [Copy(feed) for feed in feeds(office)]
    for copy in copies:
        copy.read(graph)
    return [known(copy) for copy in copies]


def known(copy: Copy) -> set[tuple[str, str]]:
    return {(item_id, row["@odata.etag"]) for item_id, row in copy.rows.items()}


def feeds(office: Office) -> list[Feed]:
    return [tasks_of(ADA, office.list_id, BERLIN), events_of(ADA, *SPAN, zone=BERLIN), contacts_of(ADA)]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_copy_kept_by_changes_is_what_is_there(office: Office, graph: Graph, seed: int) -> None:
    dice = random.Random(seed)
    copies = [Copy(feed) for feed in feeds(office)]
    for step in range(12):
        for _ in range(dice.randrange(0, 4)):
            something_happens(office, dice, copies[1].rows)
        action = dice.choice(FAULTS)
        times = 1 if action == "unauthorized" else 2  # a new token that is refused as well is another matter
        rule = {"path": "delta$", "action": action, "rate": 0.2, "seed": seed * 100 + step, "times": times}
        office.admin.set_faults(rule)
        for copy in copies:
            copy.read(graph)
        office.admin.set_faults()
        assert [known(copy) for copy in copies] == held(office, graph), step


def test_a_reading_that_fails_costs_nothing_of_the_copy(office: Office, graph: Graph) -> None:
    office.admin.put(ADA, "tasks", [{"title": f"t{n}"} for n in range(450)])
    copy = Copy(feeds(office)[0])
    office.admin.set_faults({"path": "delta", "action": "unavailable", "nth": 2, "times": 0})
    with pytest.raises(SourceError):
        copy.read(graph)
    office.admin.set_faults()
    copy.read(graph)
    assert len(copy.rows) == 450
