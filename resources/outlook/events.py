"""Events read: the calendar of each mailbox between two midnights of UTC, twenty mailboxes in a call.

Graph tells an event that left the span as it tells one that is gone, so each is read before it is believed to be gone.
When the span moves, the new one is read whole, and *then* what changed in the old one until now: whatever goes while
the two are read is told by one of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta

from resources.graph.batch import Request, Result
from resources.graph.client import Graph
from resources.graph.delta import Changes, Feed, events_of
from resources.graph.paths import item_path
from resources.graph.rows import hydrated
from resources.outlook.cursor import Box
from resources.outlook.owner import met, who
from resources.outlook.told import Known, Told, is_gone

Span = tuple[datetime, datetime]


def whole_days(span: Span) -> Span:
    """The span from midnight to midnight, so that it is the same all day long."""
    begins, ends = (moment.astimezone(UTC) for moment in span)
    last = datetime.combine(ends, time(), UTC)
    return datetime.combine(begins, time(), UTC), last if last == ends else last + timedelta(days=1)


def read_events(graph: Graph, boxes: Mapping[str, Box], known: Known, span: Span) -> list[Told]:
    """What each mailbox told of its calendar."""
    new = [user for user, box in boxes.items() if not box.own]
    first = [_feed(user, span, box.links.get("") if box.span == span else None) for user, box in boxes.items()]
    found, people = graph.changes_beside(first, [who(user) for user in new])
    answers = dict(zip(new, people, strict=True))
    moved = {user: box.span for user, box in boxes.items() if box.span not in (None, span) and box.links.get("")}
    last = graph.changes([_feed(user, old, boxes[user].links[""]) for user, old in moved.items() if old])
    before = dict(zip(moved, last, strict=True))
    readings = []
    for (user, box), changes in zip(boxes.items(), found, strict=True):
        told = Told(user, met(box, user, answers[user]) if user in answers else box)
        readings.append(_Reading(told, box))
        readings[-1].begin(changes, before.get(user), known, span)
    _look_closer(graph, readings)
    return [each.told for each in readings]


@dataclass(slots=True)
class _Reading:
    """Of one mailbox. `doubtful` are events that may be gone, `masters` series whose occurrences were told alone."""

    told: Told
    box: Box
    doubtful: list[str] = field(default_factory=list)
    masters: list[str] = field(default_factory=list)

    def begin(self, changes: Changes, before: Changes | None, known: Known, span: Span) -> None:
        """What the span told, and the one before it."""
        refused = changes.refused or (before.refused if before else None)
        if refused is not None:
            self.told.refuse(refused, self.box)
            return
        told = [each for each in (changes, before) if each is not None]
        for each in told:
            self.told.take(each, None)
        removed = {item_id for each in told for item_id in each.removed}
        if told[-1].full:
            removed |= known.keys(self.told.user)
            self.told.anew = True
        # what the old span tells as gone may have been told by the new one, a moment before
        again = self.told.rows.keys() & set(before.removed if before else ())
        self.doubtful = sorted((removed - self.told.rows.keys()) | again)
        rows = [row for row, _ in self.told.rows.values()]
        masters = {str(row["seriesMasterId"]) for row in rows if row.get("type") == "occurrence"}
        self.masters = sorted(masters - self.told.rows.keys())
        self.told.box = replace(self.told.box, links={"": changes.link}, span=span)

    def end(self, doubtful: Sequence[Result], masters: Sequence[Result]) -> None:
        """What is in doubt is there or gone, and occurrences have what their series says."""
        refused = next((each for each in (*doubtful, *masters) if not each.success and not is_gone(each)), None)
        if refused is not None:
            self.told.refuse(refused, self.box)
            return
        rows = self.told.rows
        for item_id, result in zip(self.doubtful, doubtful, strict=True):
            if result.success:
                rows[item_id] = result.content, None
            else:
                rows.pop(item_id, None)
                self.told.gone.add(item_id)
        series = {item_id: row for item_id, (row, _) in rows.items() if row.get("type") == "seriesMaster"}
        read = zip(self.masters, masters, strict=True)
        series |= {item_id: result.content for item_id, result in read if result.success}
        # of a series that went just now, the next round tells what became of its occurrences
        listed = [row for row, _ in rows.values() if row.get("type") != "occurrence" or row["seriesMasterId"] in series]
        self.told.rows = {str(row["id"]): (row, None) for row in hydrated(listed, series)}


def _feed(user: str, span: Span, link: str | None) -> Feed:
    begins, ends = (f"{moment:%Y-%m-%dT%H:%M:%SZ}" for moment in span)
    return events_of(user, begins, ends, link=link)


def _look_closer(graph: Graph, readings: Sequence[_Reading]) -> None:
    open_ones = [each for each in readings if each.told.refused is None]
    asked = [(each.told.user, item_id) for each in open_ones for item_id in (*each.doubtful, *each.masters)]
    answers = iter(graph.results([Request("GET", item_path(user, "events", item_id)) for user, item_id in asked]))
    for each in open_ones:
        doubtful, masters = ([next(answers) for _ in ids] for ids in (each.doubtful, each.masters))
        each.end(doubtful, masters)
