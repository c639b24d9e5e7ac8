"""Whom a task or event is with (`WhoId`), what it is about (`WhatId`), and to which account it belongs by that.

A lead stands alone: an activity with one is about nothing else, and none is written for a lead that is converted. A
series cannot be made here, which is refused as in an org where series are switched off.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from .activity_objects import ACTIVITIES
from .automation import Columns, cell
from .checks import Candidates
from .errors import RowError
from .store import holes, quote, slices

PARTS = ("WhoId", "WhatId")
ACCOUNT, CONTACT, LEAD = "001", "003", "00Q"
"""The first characters of their ids."""

CONVERTED_LEAD = RowError("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead")
_LEAD_ALONE = RowError(
    "FIELD_INTEGRITY_EXCEPTION", "Related To ID: must be empty if Name ID is a lead", ("WhatId", "WhoId")
)
_NO_SERIES = RowError(
    "FUNCTIONALITY_NOT_ENABLED", "recurring activities are not emulated by this sandbox", ("IsRecurrence",)
)


def fill(candidates: Candidates, columns: Columns) -> None:
    """AccountId is the account that the activity is about, or else that of the contact it is with."""
    who, what = _links(candidates)
    contacts = {one for one in who if one.startswith(CONTACT)}
    accounts = _values(candidates.db, "Contact", "AccountId", sorted(contacts))
    columns["AccountId"] = [
        about if about.startswith(ACCOUNT) else accounts.get(person) for person, about in zip(who, what, strict=True)
    ]


def settle(db: sqlite3.Connection, ids: Sequence[str]) -> None:
    """Those of the records that are activities belong to the account that their links, which have moved, lead to."""
    about = f"""case when "WhatId" like '{ACCOUNT}%' then "WhatId" end"""
    of_contact = 'select c."AccountId" from "Contact" as c where c."Id" = "WhoId"'
    for name in ACTIVITIES:
        for part in slices(len(ids)):
            chunk = ids[part]
            sql = f'update {quote(name)} set "AccountId" = coalesce({about}, ({of_contact})) where "Id" in '
            db.execute(f"{sql} ({holes(len(chunk))})", chunk)


def check(candidates: Candidates) -> None:
    """Refuses activities that cannot be linked so, and changes of a lead that is converted."""
    match candidates.definition.name:
        case "Task" | "Event":
            _check_activities(candidates)
        case "Lead" if candidates.before:
            converted = _values(candidates.db, "Lead", "IsConverted", candidates.ids)
            for row, lead in zip(candidates.rows, candidates.ids, strict=True):
                if converted.get(lead):
                    candidates.batch.refuse(row, CONVERTED_LEAD)


def _check_activities(candidates: Candidates) -> None:
    who, what = _links(candidates)
    leads = sorted({one for one in who if one.startswith(LEAD)})
    converted = _values(candidates.db, "Lead", "IsConverted", leads)
    for position, row in enumerate(candidates.rows):
        if cell(candidates, "IsRecurrence", position):
            candidates.batch.refuse(row, _NO_SERIES)
        if converted.get(who[position]):
            candidates.batch.refuse(row, CONVERTED_LEAD)
        elif who[position].startswith(LEAD) and what[position]:
            candidates.batch.refuse(row, _LEAD_ALONE)


def _links(candidates: Candidates) -> tuple[list[str], list[str]]:
    """Whom each row is with and what it is about, nothing as empty text."""
    positions = range(len(candidates.rows))
    who = [str(cell(candidates, "WhoId", position) or "") for position in positions]
    return who, [str(cell(candidates, "WhatId", position) or "") for position in positions]


def _values(db: sqlite3.Connection, sobject: str, field: str, ids: Sequence[str]) -> dict[str, object]:
    """The values of that field of those records, by their ids."""
    found: dict[str, object] = {}
    for part in slices(len(ids)):
        chunk = ids[part]
        sql = f'select "Id", {quote(field)} from {quote(sobject)} where "Id" in ({holes(len(chunk))})'
        found.update(db.execute(sql, chunk).fetchall())
    return found
