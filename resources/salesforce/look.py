"""Many questions in one call: describes, and the first pages of queries. It counts as one call, however many it asks.

What is not answered here, for whatever reason, is left to be asked by itself: the plain way tells what is the matter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote_plus

from resources.salesforce.errors import Refused, Unavailable, body
from resources.salesforce.rest import Page, page_of
from resources.salesforce.session import OrgSession

QUESTIONS_A_CALL = 25
QUERIES_A_CALL = 5

Told = Mapping[str, Any]


@dataclass(slots=True)
class Answers:
    """What was answered: describes by the names asked for, first pages by their SOQL, each with the org's clock."""

    describes: dict[str, Told] = field(default_factory=dict)
    pages: dict[str, tuple[Page, datetime]] = field(default_factory=dict)


def ask_together(session: OrgSession, sobjects: Sequence[str], queries: Sequence[str]) -> Answers:
    """Describes of these objects, and the first pages of at most five queries that count deleted records as well."""
    data = f"/services/data/v{session.version}"
    asked = [(soql, f"{data}/queryAll?q={quote_plus(soql)}") for soql in queries[:QUERIES_A_CALL]]
    asked += [(name, f"{data}/sobjects/{name}/describe") for name in sobjects]
    found = Answers()
    for start in range(0, len(asked), QUESTIONS_A_CALL):
        part = asked[start : start + QUESTIONS_A_CALL]
        wanted = [
            {"method": "GET", "url": url, "referenceId": f"question{number}"} for number, (_, url) in enumerate(part)
        ]
        try:
            told = body(session.call("POST", "composite", json={"compositeRequest": wanted}, safe=True))
        except (Refused, Unavailable):
            return found
        answers = {answer["referenceId"]: answer for answer in told["compositeResponse"]}
        for number, (question, _) in enumerate(part):
            answer = answers.get(f"question{number}", {})
            if answer.get("httpStatusCode") != 200:
                continue
            if start + number < len(queries[:QUERIES_A_CALL]):
                found.pages[question] = page_of(answer["body"]), session.asked_at
            else:
                found.describes[question] = answer["body"]
    return found
