"""What graphs may be: which calls their nodes, how they are named, how deep, and how many kinds of nodes in all.

The rules are Salesforce's ("Composite Graph Limits", "Using Composite Graphs"); how it words a refusal is not public:
codes and texts are ours, and so is that a node which refers to no other is at depth 1.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from .errors import ApiError

GRAPHS = 75
NODES = 500
DEPTH = 15
KINDS_OF_NODES = 15

_GRAPH_ID = re.compile(r"[A-Za-z0-9][^.]{0,38}", re.ASCII)
_RECORDS = re.compile(
    r"/services/data/v(?P<version>\d+\.0)/sobjects/(?P<sobject>\w+)"
    r"(?:/(?P<id>\w{15}(?:\w{3})?|@\{[^}]+\})|/(?P<key>\w+)/[^/]+)?/?",
    re.IGNORECASE,
)
_METHODS = {None: ("POST",), "id": ("DELETE", "GET", "PATCH"), "key": ("DELETE", "GET", "PATCH", "POST")}
"""By what names the record; None if there is none yet."""

_REFERENCE = re.compile(r"@\{(\w+)")


def check(graphs: Sequence[Mapping[str, Any]]) -> None:
    """ApiError unless graphs with those nodes can be carried out."""
    nodes = [node for graph in graphs for node in graph["compositeRequest"]]
    if len(graphs) > GRAPHS or len(nodes) > NODES:
        raise _exceeded(f"at most {GRAPHS} graphs with {NODES} nodes in all are allowed")
    _check_names([graph["graphId"] for graph in graphs])
    if len({_kind(node) for node in nodes}) > KINDS_OF_NODES:
        raise _exceeded(
            f"at most {KINDS_OF_NODES} different nodes are allowed: nodes differ by API version, method or object"
        )
    for graph in graphs:
        if _depth(graph["compositeRequest"]) > DEPTH:
            raise _exceeded(f"graph {graph['graphId']} is deeper than {DEPTH} nodes that use one another")


def _check_names(names: Sequence[Any]) -> None:
    for name in names:
        if not isinstance(name, str) or not _GRAPH_ID.fullmatch(name):
            message = "begins with a letter or digit, has less than 40 characters and no period"
            raise ApiError(400, "INVALID_INPUT", f"graphId {name} cannot be: it {message}")
        if names.count(name) > 1:
            raise ApiError(400, "INVALID_INPUT", f"graphId {name} is used twice")


def _kind(node: Any) -> tuple[str, str, str]:
    """The API version, method and object of a node, which is about a record or creates one."""
    told = node if isinstance(node, dict) else {}
    method, url = str(told.get("method", "")).upper(), str(told.get("url", ""))
    match = _RECORDS.fullmatch(url.partition("?")[0])
    if match is None or method not in _METHODS[_named_by(match)]:
        message = f"A node of a graph is about a record or creates one, and is not {method} {url}"
        raise ApiError(400, "INVALID_INPUT", message)
    return match["version"], method, match["sobject"].lower()


def _named_by(match: re.Match[str]) -> str | None:
    return next((name for name in ("id", "key") if match[name]), None)


def _depth(nodes: Sequence[Mapping[str, Any]]) -> int:
    """How many nodes the longest chain has in which each uses what the one before it answered."""
    depths: dict[str, int] = {}
    for node in nodes:
        used = _REFERENCE.findall(orjson.dumps(node).decode())
        depths[str(node.get("referenceId"))] = 1 + max((depths.get(name, 0) for name in used), default=0)
    return max(depths.values(), default=0)


def _exceeded(message: str) -> ApiError:
    return ApiError(400, "LIMIT_EXCEEDED", f"Composite graph limits exceeded: {message}")
