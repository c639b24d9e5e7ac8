"""Contacts read: the default folder of each mailbox, twenty mailboxes in a call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from resources.graph.client import Graph
from resources.graph.delta import contacts_of
from resources.outlook.cursor import Box
from resources.outlook.marker import RECORD
from resources.outlook.owner import met, who
from resources.outlook.told import Known, Told


def read_contacts(graph: Graph, boxes: Mapping[str, Box], known: Known) -> list[Told]:
    """What each mailbox told of its contacts."""
    new = [user for user, box in boxes.items() if not box.own]
    feeds = [contacts_of(user, box.links.get(""), (RECORD,)) for user, box in boxes.items()]
    found, people = graph.changes_beside(feeds, [who(user) for user in new])
    answers = dict(zip(new, people, strict=True))
    told = []
    for (user, box), changes in zip(boxes.items(), found, strict=True):
        each = Told(user, box)
        told.append(each)
        if changes.refused:
            each.refuse(changes.refused, box)
            continue
        each.take(changes, None)
        each.box = replace(met(box, user, answers[user]) if user in answers else box, links={"": changes.link})
        if changes.full:
            each.lack(known.keys(user))
        each.gone = (each.gone | set(changes.removed)) - each.rows.keys()
    return told
