"""Whose mailbox it is: the addresses that are its own, and that it is still the one that it was.

A principal name may come to belong to somebody else, and a Graph be put up anew under the old address: what such a
mailbox has not is not gone from the one that was read before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from resources.graph.batch import Request, Result
from resources.graph.client import Graph
from resources.graph.paths import user_path
from resources.outlook.cursor import Box
from resources.outlook.told import Told

ANOTHER = Result(409, {"error": {"code": "another_mailbox", "message": "The mailbox is not the one that was read."}})


def who(user: str) -> Request:
    """Asks for the addresses of somebody."""
    return Request("GET", f"{user_path(user)}?$select=id,userPrincipalName,mail")


def met(box: Box, user: str, told: Result) -> Box:
    """The box with the own addresses: the principal name alone where the directory may not be read; as it was if
    nobody can tell now."""
    if not told.success and told.status != 403:
        return box
    names = [user, *(told.content.get(name) for name in ("userPrincipalName", "mail"))]
    own = tuple(dict.fromkeys(name.lower() for name in names if isinstance(name, str) and name))
    return replace(box, own=own, owner=str(told.content.get("id") or ""))


def check_owners(graph: Graph, boxes: Mapping[str, Box], told: Sequence[Told]) -> None:
    """Mailboxes that lack what was in them, when all was told anew, are those that they were, or refused."""
    doubtful = [each for each in told if each.anew and each.gone and boxes[each.user].owner]
    for each, result in zip(doubtful, graph.results([who(each.user) for each in doubtful]), strict=True):
        before = boxes[each.user]
        if not result.success:
            each.refuse(result, before)
        elif str(result.content.get("id")) != before.owner:
            each.refuse(ANOTHER, before)
