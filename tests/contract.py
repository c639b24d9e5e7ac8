"""The contract of the feeds of institutions and people, as far as an oracle needs it. Nothing is of `pipelines/`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

Row = Mapping[str, str | None]
Record = dict[str, Any]


@dataclass(frozen=True)
class Spec:
    """An entity as the contract of the feeds has it. Fields → columns."""

    key: str
    required: tuple[str, ...]
    master: dict[str, str]
    fill: dict[str, str]
    parent: tuple[str, str]
    statuses: str
    merged: str
    own_parents: bool
    numbers: frozenset[str] = frozenset()
    match: tuple[tuple[str, ...], ...] = ()
    emails: frozenset[str] = frozenset()
    clears: frozenset[str] = frozenset()

    def clearing(self, *fields: str) -> Spec:
        """The same, but a blank in the feed clears these."""
        return replace(self, clears=frozenset(fields))


ACCOUNTS = Spec(
    key="institution_id",
    required=("name",),
    master={"Name": "name", "BillingCity": "city", "NumberOfEmployees": "enrollment"},
    fill={"Phone": "phone"},
    parent=("ParentId", "parent_id"),
    statuses="ACU",
    merged="C",
    own_parents=True,
    numbers=frozenset({"enrollment"}),
)
PERSONNEL = Spec(
    key="person_id",
    required=("institution_id", "last_name"),
    master={"FirstName": "first_name", "LastName": "last_name", "Email": "email"},
    fill={"Title": "title"},
    parent=("AccountId", "institution_id"),
    statuses="AIU",
    merged="I",
    own_parents=False,
    match=(("Email",), ("LastName", "FirstName", "AccountId")),
    emails=frozenset({"Email"}),
)


def tidy(value: str | None) -> str | None:
    return (value or "").replace("\r\n", "\n").strip(" \t\r\n") or None


def fold(value: object) -> str:
    return str(value).lower() if value is not None else ""


def number(value: str | None, wanted: bool) -> Any:  # noqa: FBT001
    return int(value) if wanted and value is not None else value
