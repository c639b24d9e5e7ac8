"""What we made and Outlook should have told of by now: each that it has not told of is asked for by itself.

Of what came and went between two readings Exchange may say nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.declaring.outlook import Collection
from resources.graph.batch import Request
from resources.graph.client import Graph
from resources.graph.delta import contacts_of, tasks_of
from resources.graph.paths import item_path, task_path
from resources.outlook.marker import RECORD
from resources.outlook.told import Known, Told, is_gone


def ask_for(graph: Graph, collection: Collection, known: Known, told: Sequence[Told]) -> None:
    """Each is among what its mailbox told, as there or as gone; what Graph does not say, it is asked again later."""
    missing = [
        (each, item_id, place)
        for each in told
        if each.refused is None
        for item_id, place in known.awaited(each.user)
        if item_id not in each.rows and item_id not in each.gone
    ]
    if not missing:
        return
    results = graph.results([_request(collection, each, item_id, place or "") for each, item_id, place in missing])
    for (each, item_id, place), result in zip(missing, results, strict=True):
        if result.success:
            each.rows[item_id] = result.content, place
        elif is_gone(result):
            each.gone.add(item_id)


def _request(collection: Collection, told: Told, item_id: str, place: str) -> Request:
    """As the delta tells it."""
    if collection == "events":
        return Request("GET", item_path(told.user, "events", item_id))
    if collection == "contacts":
        feed, path = contacts_of(told.user, properties=(RECORD,)), item_path(told.user, "contacts", item_id)
    else:
        feed, path = tasks_of(told.user, place, told.box.zone), task_path(told.user, place, item_id)
    return Request("GET", f"{path}?{feed.path.partition('?')[2]}", headers=feed.headers)
