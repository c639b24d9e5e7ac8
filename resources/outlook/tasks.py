"""Tasks read: all lists of all mailboxes, twenty lists in a call.

A list is gone only if Graph says so of that very list. One that is refused keeps its place: nothing of it is believed
to be gone, and the next reading goes on from there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from resources.graph.batch import Request, Result
from resources.graph.client import Graph
from resources.graph.delta import Changes, Feed, lists_of, tasks_of
from resources.graph.paths import list_path
from resources.outlook.cursor import Box
from resources.outlook.looks import Look, due, look_of, requests_of
from resources.outlook.told import Known, Told, is_gone

Place = tuple[str, str]


def read_tasks(graph: Graph, boxes: Mapping[str, Box], known: Known, now: datetime) -> list[Told]:
    """What each mailbox told of its tasks."""
    reading = _Reading(graph, boxes, known)
    reading.read(now)
    return [reading.told(user) for user in boxes]


@dataclass(slots=True)
class _Reading:
    graph: Graph
    boxes: Mapping[str, Box]
    known: Known
    found: dict[Place, Changes] = field(default_factory=dict)
    looks: dict[str, Look] = field(default_factory=dict)
    checked: dict[Place, Result] = field(default_factory=dict)

    def read(self, now: datetime) -> None:
        """Lists that were known and mailboxes to be looked for, then lists that are new, then those in doubt."""
        looked = due(self.boxes, now)
        places = [(user, each) for user, box in self.boxes.items() for each in box.links]
        asked = {user: requests_of(user, self.boxes[user]) for user in looked}
        lists = [lists_of(user, self.boxes[user].lists) for user in looked]
        beside = [request for user in looked for request in asked[user]]
        told, results = self.graph.changes_beside([*lists, *self._feeds(places)], beside)
        self.found |= dict(zip(places, told[len(looked) :], strict=True))
        answers = iter(results)
        for user, changes in zip(looked, told, strict=False):
            given = [next(answers) for _ in asked[user]]
            self.looks[user] = look_of(user, self.boxes[user], changes, given, now)
        new = [(user, each) for user in looked for each in self._box(user).links if (user, each) not in self.found]
        self.found |= dict(zip(new, self.graph.changes(self._feeds(new)), strict=True))
        self._check()

    def told(self, user: str) -> Told:
        """What a mailbox told."""
        before, look = self.boxes[user], self.looks.get(user)
        told = Told(user, self._box(user))
        changes = {place: each for (whose, place), each in self.found.items() if whose == user}
        whole = (look.refused if look else None) or _all_refused(list(changes.values()))
        if whole is not None:
            told.refuse(whole, before)
            return told
        links: dict[str, str | None] = {}
        for place in told.box.links:
            if (user, place) in self.checked and is_gone(self.checked[user, place]):
                told.lack(self.known.keys(user, place))
                continue
            each = changes[place]
            links[place] = each.link or told.box.links[place]
            told.partly = each.refused or told.partly
            if each.refused is None:
                told.take(each, place)
                told.gone |= set(each.removed)
                if each.full:
                    told.lack(self.known.keys(user, place))
        for place in self._lost(user):
            if is_gone(self.checked[user, place]):
                told.lack(self.known.keys(user, place))
        told.gone -= told.rows.keys()
        told.box = replace(told.box, links=links)
        return told

    def _box(self, user: str) -> Box:
        return self.looks[user].box if user in self.looks else self.boxes[user]

    def _feeds(self, places: Sequence[Place]) -> list[Feed]:
        return [tasks_of(user, each, self._box(user).zone, self.boxes[user].links.get(each)) for user, each in places]

    def _check(self) -> None:
        """Asks for each list that may be gone."""
        doubtful = [place for place, each in self.found.items() if each.refused is not None and is_gone(each.refused)]
        doubtful += [(user, each) for user, look in self.looks.items() for each in sorted(look.vanished)]
        doubtful += [(user, each) for user in self.boxes for each in sorted(self._lost(user))]
        doubtful = list(dict.fromkeys(doubtful))
        results = self.graph.results([Request("GET", list_path(*each)) for each in doubtful])
        self.checked |= dict(zip(doubtful, results, strict=True))

    def _lost(self, user: str) -> set[str]:
        """Lists of which rows are known, in a mailbox that is read anew and has them no more."""
        if self.boxes[user].links or user not in self.looks or self.looks[user].refused:
            return set()
        return self.known.places(user) - self._box(user).links.keys()


def _all_refused(changes: list[Changes]) -> Result | None:
    """Why no list was read, where there are lists; a list that is gone is no reason."""
    refused = [each.refused for each in changes if each.refused is not None and not is_gone(each.refused)]
    return refused[0] if refused and len(refused) == len(changes) else None
