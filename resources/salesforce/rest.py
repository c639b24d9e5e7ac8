"""Describe and SOQL pages through simple-salesforce, over our session. It is imported nowhere else.

It knows the addresses of describe, query, queryAll and their pages, and how to quote a value in SOQL; our session below
it supplies everything it lacks. Collections and jobs go to the session directly: it has no collections, and its `bulk2`
first asks after five seconds, aborts a job for one question that failed, and writes null as "leave alone". The import
takes half a second (zeep), so it waits for first use.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from resources.salesforce.errors import whole
from resources.salesforce.session import OrgSession

if TYPE_CHECKING:
    from simple_salesforce.api import Salesforce


@dataclass(frozen=True, slots=True)
class Page:
    """One answer to a query: its records, how many the query has in all, and where the rest is."""

    records: Sequence[Mapping[str, Any]]
    total: int
    following: str | None


class Rest:
    """simple-salesforce, reduced to what it is good at."""

    def __init__(self, session: OrgSession) -> None:
        self._session = session

    @cached_property
    def simple(self) -> Salesforce:
        """The client of simple-salesforce itself, over our session."""
        from simple_salesforce.api import Salesforce

        return Salesforce(
            instance_url=self._session.token.instance_url,
            session_id="the session puts its own token in place of this",
            session=self._session,
            version=self._session.version,
            object_pairs_hook=None,  # plain dicts: OrderedDict doubles the time of a page
        )

    def describe(self, sobject: str) -> Mapping[str, Any]:
        """The describe of an object as the org sends it."""
        from simple_salesforce.api import SFType

        about = SFType(
            sobject, "", self.simple.sf_instance, self._session.version, session=self._session, salesforce=self.simple
        )
        with whole():
            return dict(about.describe())

    def first_page(self, soql: str, *, deleted: bool) -> Page:
        """The beginning of a query; with `deleted`, records in the recycle bin count as well."""
        with whole():
            return page_of(self.simple.query(soql, include_deleted=deleted))

    def next_page(self, page: Page) -> Page:
        """What follows; only for a page that says that something does."""
        with whole():
            return page_of(self.simple.query_more(page.following or "", identifier_is_url=True))


def select(sobject: str, fields: Sequence[str]) -> str:
    """SOQL for these fields of all records. The names must come from a describe."""
    return f"SELECT {', '.join(fields)} FROM {sobject}"


def changed_since(moment: datetime) -> str:
    """The condition for records touched at or after the moment, to the second."""
    from simple_salesforce.format import format_soql

    return format_soql("SystemModstamp >= {}", moment)


def changed_by_others(user_id: str) -> str:
    """The condition for records that this user was not the last to change."""
    from simple_salesforce.format import format_soql

    return format_soql("LastModifiedById != {}", user_id)


def one_of(field: str, values: Sequence[object]) -> str:
    """The condition for records whose field is one of the values."""
    from simple_salesforce.format import format_soql

    return format_soql("{:literal} IN {}", field, list(values))


def page_of(answer: Mapping[str, Any]) -> Page:
    """One answer to a query as the org sends it."""
    return Page(answer["records"], answer["totalSize"], answer.get("nextRecordsUrl"))
