"""Graphs of calls: each graph succeeds or fails as a whole, whatever becomes of the others; counted as one call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .composite import run_together
from .endpoint import Answer, Call, Route, data
from .errors import ApiError

if TYPE_CHECKING:
    from .org import Org

LIMIT = 75
NODES = 500


def routes(org: Org) -> list[Route]:
    return [data("composite/graph", {"POST": _graphs})]


def _graphs(call: Call) -> Answer:
    graphs = call.json_object().get("graphs")
    if not isinstance(graphs, list) or not all(_is_graph(graph) for graph in graphs):
        message = "The request must have a list named graphs, each with a graphId and a list named compositeRequest"
        raise ApiError(400, "JSON_PARSER_ERROR", message)
    if len(graphs) > LIMIT or sum(len(graph["compositeRequest"]) for graph in graphs) > NODES:
        raise ApiError(400, "LIMIT_EXCEEDED", f"At most {LIMIT} graphs with {NODES} nodes in all are allowed")
    return Answer(body={"graphs": [_shown(call, graph) for graph in graphs]})


def _is_graph(graph: Any) -> bool:
    return isinstance(graph, dict) and "graphId" in graph and isinstance(graph.get("compositeRequest"), list)


def _shown(call: Call, graph: dict[str, Any]) -> dict[str, object]:
    answers, successful = run_together(call, graph["compositeRequest"])
    return {
        "graphId": graph["graphId"],
        "graphResponse": {"compositeResponse": list(answers.values())},
        "isSuccessful": successful,
    }
