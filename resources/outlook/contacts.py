"""Contacts read: the default folder of each mailbox, twenty mailboxes in a call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from resources.graph.client import Graph
from resources.graph.delta import contacts_of
from resources.outlook.cursor import Box
from resources.outlook.marker import RECORD
from resources.outlook.told import Known, Told, own_of, who


def read_contacts(graph: Graph, boxes: Mapping[str, Box], known: Known) -> list[Told]:
    """What each mailbox told of its contacts."""
    new = [user for user, box in boxes.items() if not box.own]
    feeds = [contacts_of(user, box.links.get(""), (RECORD,)) for user, box in boxes.items()]
    found, met = graph.changes_beside(feeds, [who(user) for user in new])
    people = dict(zip(new, met, strict=True))
    told = []
    for (user, box), changes in zip(boxes.items(), found, strict=True):
        each = Told(user, box)
        told.append(each)
        if changes.refused:
            each.refuse(changes.refused, box)
            continue
        each.take(changes, None)
        each.box = replace(box, own=own_of(user, people[user]) if user in people else box.own, links={"": changes.link})
        each.gone = (known.keys(user) if changes.full else set(changes.removed)) - each.rows.keys()
    return told
