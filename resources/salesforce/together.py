"""New records and changed ones in one call, which counts as one: two collections, each with an answer of its own.

They are carried out in their order, and neither undoes the other. An answer that is missing, or there twice, is lost;
one that is an error means what it would mean had the collection been sent by itself.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any

import requests

from pipelines.ports.crm import REFERENCE, Told
from pipelines.ports.world import LostAnswer, SystemicError
from resources.salesforce.collections import PATH, Collection, write
from resources.salesforce.errors import Unavailable, answered, body
from resources.salesforce.session import NO_ASSIGNMENT, OrgSession


def write_both(session: OrgSession, new: Collection, changed: Collection) -> tuple[Told, Told]:
    """What became of either; where one has nothing to send, there is no call for it."""
    parts = {"new": new, "changed": changed}
    for part in parts.values():
        if any(REFERENCE in text for row in part.rows for text in row.values() if text):
            raise ValueError(f"a text holds {REFERENCE}, which means a reference here")
    if not (new.sent and changed.sent):
        return _by_itself(session, new), _by_itself(session, changed)
    asked = {
        "allOrNone": False,
        "collateSubrequests": False,
        "compositeRequest": [_subrequest(session, name, part) for name, part in parts.items()],
    }
    response = session.call("POST", "composite", json=asked)
    try:
        told = _by_name(body(response))
    except Unavailable:
        raise LostAnswer("two collections were written and the answer was not JSON") from None
    return _told(session, new, told.get("new")), _told(session, changed, told.get("changed"))


def _subrequest(session: OrgSession, name: str, part: Collection) -> dict[str, object]:
    return {
        "method": part.method,
        "url": f"/services/data/v{session.version}/{PATH}",
        "referenceId": name,
        "httpHeaders": NO_ASSIGNMENT,  # not inherited from the call's own
        "body": part.request,
    }


def _by_name(answer: Any) -> dict[str, Mapping[str, Any]]:
    """The answers that are there once."""
    listed = answer.get("compositeResponse") if isinstance(answer, dict) else None
    found = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    names = [one.get("referenceId") for one in found]
    return {str(name): one for name, one in zip(names, found, strict=True) if names.count(name) == 1}


def _told(session: OrgSession, part: Collection, answer: Mapping[str, Any] | None) -> Told:
    status = answer.get("httpStatusCode") if answer else None
    if answer is None or not isinstance(status, int):
        return LostAnswer(f"{len(part.sent)} rows were written with others and no answer came for them")
    try:
        answered(_alone(status, answer), f"{part.method} {PATH}", safe=False)
        return part.results(answer.get("body"))
    except Unavailable:
        return _by_itself(session, part)  # it took no effect, and may now
    except (LostAnswer, SystemicError) as error:
        return error


def _by_itself(session: OrgSession, part: Collection) -> Told:
    try:
        return write(session, part)
    except (LostAnswer, SystemicError) as error:
        return error


def _alone(status: int, answer: Mapping[str, Any]) -> requests.Response:
    """The answer as it would have come by itself."""
    response = requests.Response()
    response.status_code = status
    response.headers.update(answer.get("httpHeaders") or {})
    response.raw = io.BytesIO(json.dumps(answer.get("body")).encode())
    return response
