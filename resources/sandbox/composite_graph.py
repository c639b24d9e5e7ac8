"""Graphs of calls: each graph succeeds or fails as a whole, whatever becomes of the others; counted as one call.

What graphs may be is in `graph_limits`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import graph_limits
from .composite import halted, run_together
from .endpoint import Answer, Call, Route, data
from .errors import ApiError

if TYPE_CHECKING:
    from .org import Org

MOST_FAILURES = 14
"""Once more graphs than these have failed, those that are left are not begun."""


def routes(org: Org) -> list[Route]:
    return [data("composite/graph", {"POST": _graphs})]


def _graphs(call: Call) -> Answer:
    graphs = call.json_object().get("graphs")
    if not isinstance(graphs, list) or not all(_is_graph(graph) for graph in graphs):
        message = "The request must have a list named graphs, each with a graphId and a list named compositeRequest"
        raise ApiError(400, "JSON_PARSER_ERROR", message)
    graph_limits.check(graphs)
    failures, shown = 0, []
    for graph in graphs:
        requests = graph["compositeRequest"]
        answers, successful = (
            run_together(call, requests) if failures <= MOST_FAILURES else (halted(requests, {}), False)
        )
        failures += not successful
        shown.append(
            {
                "graphId": graph["graphId"],
                "graphResponse": {"compositeResponse": list(answers.values())},
                "isSuccessful": successful,
            }
        )
    return Answer(body={"graphs": shown})


def _is_graph(graph: Any) -> bool:
    return isinstance(graph, dict) and "graphId" in graph and isinstance(graph.get("compositeRequest"), list)
