"""What the headers of an answer tell: the server's clock, the org's usage, how long to wait.

Bodies belong to the modules that asked for them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import requests


@dataclass(frozen=True, slots=True)
class Usage:
    """API calls of the whole org in the last 24 hours, and how many it may make."""

    used: int
    allowed: int


def usage(response: requests.Response) -> Usage | None:
    """As `Sforce-Limit-Info` has it; None where an answer does not tell."""
    found = re.search(r"(?<![\w-])api-usage=(\d+)/(\d+)", response.headers.get("Sforce-Limit-Info", ""))
    return Usage(int(found[1]), int(found[2])) if found else None


def asked_at(response: requests.Response) -> datetime:
    """The server's clock when the request was sent, or up to a second before; ours where it does not tell."""
    sent = _moment(response.headers.get("Date", ""))
    # the header is cut to the second when the answer is ready, hence never later than the true moment of asking
    return (sent or datetime.now(UTC)) - response.elapsed


def answered_at(response: requests.Response) -> datetime:
    """The server's clock when the answer was ready, cut to the second as its times of change are; else ours."""
    return _moment(response.headers.get("Date", "")) or datetime.now(UTC)


def retry_after(response: requests.Response) -> float | None:
    """Seconds that the answer asks us to wait: a number, or a moment against the answer's own clock."""
    asked = response.headers.get("Retry-After", "").strip()
    if asked.isdigit():
        return float(asked)
    until, now = _moment(asked), _moment(response.headers.get("Date", ""))
    return max(0.0, (until - now).total_seconds()) if until and now else None


def is_foreign(response: requests.Response) -> bool:
    """True for HTML and plain text: the API never answers so, but gateways and login pages in between do."""
    kind = response.headers.get("Content-Type", "")
    return kind.startswith("text/") and not kind.startswith("text/csv")


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    return moment if moment.tzinfo else None
