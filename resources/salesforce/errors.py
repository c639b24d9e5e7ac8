"""What a refusal of Salesforce becomes here: an exception that says what to do and holds no value of any record.

Salesforce puts values into its texts (`data value too large: <the value>`), so a text is let through only as far as it
matches a sentence known to hold names alone. Whose fault a code is stands in `pipelines/loading/failures.py`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pyarrow as pa
import requests

from pipelines.loading.failures import classify
from pipelines.ports.world import LostAnswer, SystemicError
from resources.salesforce.headers import is_foreign, retry_after

REQUEST_TIMEOUT = 408  # a gateway's, which cannot know what became of the request


class Refused(SystemicError):
    """The org answered a whole request with an error; nothing of it took effect."""

    def __init__(self, code: str, message: str, status: int) -> None:
        super().__init__(code, message)
        self.status = status


class Unavailable(SystemicError):
    """Nothing took effect, and the same request may succeed later. `retry_after` is in seconds, as the org asked."""

    def __init__(self, code: str, message: str, retry_after: float | None = None) -> None:
        super().__init__(code, message)
        self.retry_after = retry_after


# Sentences in which every variable part is a name of the org's metadata, or that have none.
_HARMLESS = (
    r"No such column '[\w.]{1,255}' on (?:entity|sobject of type) '?\w{1,80}'?",
    r"sObject type '\w{1,80}' is not supported",
    r"Field name not found : [\w.:]{1,255}",
    r"Unable to create/update fields: [\w, ]{1,500}",
    r"Required fields are missing: \[[\w, ]{1,500}\]",
    r"LineEnding is invalid on user data\. Current LineEnding setting is \w+",
    r"Found multiple contents for job",
    r"Selecting compound data not supported in Bulk Query",
    r"is not supported by the Bulk API",
    r"Session expired or invalid",
    r"TotalRequests Limit exceeded",
    r"ConcurrentRequests \(Concurrent API Requests\) Limit exceeded",
    r"The requested resource does not exist",
    r"unexpected token",
)


def harmless(message: str) -> str:
    """The part of a text of Salesforce that names fields and objects only; empty when there is none."""
    found = (re.search(pattern, message) for pattern in _HARMLESS)
    return next((match[0] for match in found if match), "")


def job_message(text: str) -> str:
    """The error text of a bulk job without values: its kind, such as `InvalidBatch`, and a harmless sentence."""
    kind = re.match(r"\w{1,60}(?= ?:)", text)
    return " : ".join(part for part in (kind[0] if kind else "", harmless(text)) if part)


def told(response: requests.Response) -> tuple[str, str]:
    """Code and text of an error answer, in any of the shapes that Salesforce uses; `("HTTP_502", "")` for none."""
    try:
        body: Any = response.json()
    except requests.exceptions.JSONDecodeError:
        body = None
    match body:
        case [{"errorCode": str(code), **rest}, *_] | {"errorCode": str(code), **rest}:
            return code, str(rest.get("message", ""))
        case {"exceptionCode": str(code), **rest}:
            return code, str(rest.get("exceptionMessage", ""))
        case {"error": str(code), **rest}:
            return code, str(rest.get("error_description", ""))
    return f"HTTP_{response.status_code}", ""


def of_a_spent_session(response: requests.Response) -> bool:
    """The session is over. The identity service, where userinfo is, says so with another status than the APIs."""
    return response.status_code == 401 or (response.status_code, response.content) == (403, b"Bad_OAuth_Token")


def refusal(response: requests.Response, doing: str) -> Refused | Unavailable:
    """What an answer of status 300 or more means; only statuses after which nothing took effect belong here."""
    code, message = told(response)
    text = f"{doing} was refused: {response.status_code} {code}"
    if harmless(message):
        text = f"{text}, {harmless(message)}"
    if response.status_code == 429 or classify(code, message) == "transient":
        return Unavailable(code, text, retry_after(response))
    if code == "REQUEST_LIMIT_EXCEEDED":
        used = response.headers.get("Sforce-Limit-Info", "")
        text = f"The org's limit of API calls in 24 hours is reached ({used or 'usage unknown'}). Run again later."
    return Refused(code, text, response.status_code)


def answered(response: requests.Response, doing: str, *, safe: bool) -> None:
    """The answer is a success. Else raises what it means for a request that changes nothing (`safe`) or for a write."""
    ours = response.status_code < 500 and response.status_code != REQUEST_TIMEOUT and not is_foreign(response)
    if ours and response.status_code < 300:
        return
    if ours:
        raise refusal(response, doing)
    if not safe:
        raise LostAnswer(f"{doing}: HTTP {response.status_code} came instead of an answer")
    raise unavailable(response, doing)


def unavailable(response: requests.Response, doing: str) -> Unavailable:
    """What a 5xx means for a request that changes nothing, or a web page where an answer of the API should be."""
    if is_foreign(response) and response.status_code < 500:
        return Unavailable("NOT_THE_ORG", f"{doing}: something else answered. Is a proxy or a login page in between?")
    return Unavailable("UNREACHABLE", f"{doing}: the org answered {response.status_code}", retry_after(response))


def login_refusal(response: requests.Response, url: str, settings: str) -> SystemicError:
    """Why no token was given, with the names of the settings to look at."""
    code, message = told(response)
    if response.status_code == 429 or response.status_code >= 500:
        return Unavailable("UNREACHABLE", f"{url} gave no token: HTTP {response.status_code}", retry_after(response))
    # an OAuth description speaks of clients and grants; a user name could still slip in
    words = re.sub(r"\S+@\S+", "…", message)[:200]
    reason = f"{code}: {words}" if words else code
    return SystemicError("INVALID_CREDENTIALS", f"{url} refused the login with {reason}. Look at {settings}.")


def body(response: requests.Response) -> Any:
    """The JSON of an answer; raises Unavailable when it is none, as from a gateway in between."""
    with whole():
        return response.json()


@contextmanager
def whole() -> Iterator[None]:
    """An answer that is read inside and breaks off, or is none of the API's, leaves as Unavailable."""
    try:
        yield
    except (json.JSONDecodeError, requests.exceptions.JSONDecodeError):
        raise Unavailable("NOT_THE_ORG", "The answer was not JSON. Is a proxy or a login page in between?") from None
    except pa.ArrowInvalid:
        raise Unavailable("NOT_THE_ORG", "The answer was not CSV, or only a part of it came.") from None
