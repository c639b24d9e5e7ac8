"""Converting a lead: it becomes a contact of an account, new or known, and what was done with it goes along.

The platform offers this in SOAP, Apex and its pages only. Opportunities are not made, as there are none here.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import lookups
from .activity_links import CONVERTED_LEAD
from .activity_objects import ACTIVITIES
from .columns import Row
from .dml import Dml, RowResult
from .errors import RowError
from .lead import CONVERTED
from .permissions import User
from .store import quote

if TYPE_CHECKING:
    from .org import Org

_ADDRESS = ("Street", "City", "State", "PostalCode", "Country")
TO_ACCOUNT = {
    "Company": "Name", "Phone": "Phone", "Fax": "Fax", "Website": "Website", "Industry": "Industry",
    "Rating": "Rating", "AnnualRevenue": "AnnualRevenue", "NumberOfEmployees": "NumberOfEmployees",
    "LeadSource": "AccountSource", "OwnerId": "OwnerId", **{part: f"Billing{part}" for part in _ADDRESS},
}  # fmt: skip
TO_CONTACT = {
    **{name: name for name in ("LastName", "FirstName", "Salutation", "Title", "Phone", "MobilePhone", "Fax", "Email",
                               "Description", "LeadSource", "OwnerId")},
    **{part: f"Mailing{part}" for part in _ADDRESS},
}  # fmt: skip
"""Fields of a lead, and where an org puts their values unless somebody maps them otherwise."""


@dataclass(frozen=True, slots=True)
class Converted:
    """What a lead has become."""

    lead: str
    account: str
    contact: str


class _Undo(Exception):
    """Nothing of this conversion may stay."""

    def __init__(self, error: RowError) -> None:
        super().__init__(error.code)
        self.error = error


def convert(
    org: Org, user: User, lead_id: str, *, account: str | None = None, contact: str | None = None
) -> Converted | RowError:
    """The lead is converted, its account and contact are made or have their empty fields filled.

    Tasks and events with it are with the contact from now on, and about the account. A contact that is named belongs
    to the account that is named with it. Where something is refused, the error; then nothing has changed.
    """
    try:
        with org.store.write() as db:
            return _convert(org, user, db, lead_id, account, contact)
    except _Undo as undone:
        return undone.error


def _convert(
    org: Org, user: User, db: sqlite3.Connection, lead_id: str, account: str | None, contact: str | None
) -> Converted:
    dml = Dml(org, user)
    lead = _lead(dml, db, lead_id)
    if contact is not None and _read(dml, db, "Contact", contact, ["AccountId"])["AccountId"] != account:
        raise _Undo(RowError("INVALID_CROSS_REFERENCE_KEY", "the contact is not one of the account"))
    account_id = _filled(dml, db, "Account", account, _mapped(lead, TO_ACCOUNT))
    contact_id = _filled(dml, db, "Contact", contact, {**_mapped(lead, TO_CONTACT), "AccountId": account_id})
    now = org.now()
    done = {
        "IsConverted": 1, "Status": CONVERTED, "ConvertedDate": now[:10], "ConvertedAccountId": account_id,
        "ConvertedContactId": contact_id, "LastModifiedDate": now, "LastModifiedById": user.id, "SystemModstamp": now,
    }  # fmt: skip
    settings = ", ".join(f"{quote(name)} = ?" for name in done)
    db.execute(f'update "Lead" set {settings} where "Id" = ?', (*done.values(), lead_id))
    for name in ACTIVITIES:
        sql = (
            f'update {quote(name)} set "WhoId" = ?, "WhatId" = coalesce("WhatId", ?), "AccountId" = ?, '
            '"SystemModstamp" = ? where "WhoId" = ?'
        )
        db.execute(sql, (contact_id, account_id, account_id, now, lead_id))
    return Converted(lead_id, account_id, contact_id)


def _lead(dml: Dml, db: sqlite3.Connection, lead_id: str) -> Row:
    definition = dml.definition("Lead")
    if not dml.may(definition, "edit"):
        raise _Undo(RowError("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id"))
    lead = _read(dml, db, "Lead", lead_id, [*TO_ACCOUNT, *TO_CONTACT, "IsConverted"])
    if lead["IsConverted"]:
        raise _Undo(CONVERTED_LEAD)
    return lead


def _read(dml: Dml, db: sqlite3.Connection, sobject: str, record_id: str, fields: Sequence[str]) -> Row:
    names = list(dict.fromkeys(fields))
    found = lookups.records(db, dml.definition(sobject), [record_id], names).get(record_id)
    if found is None or found.deleted:
        code = "INVALID_CROSS_REFERENCE_KEY" if found is None else "ENTITY_IS_DELETED"
        raise _Undo(RowError(code, "invalid cross reference id" if found is None else "entity is deleted"))
    return dict(zip(names, found.values, strict=True))


def _mapped(lead: Row, fields: Mapping[str, str]) -> dict[str, object]:
    return {theirs: lead[own] for own, theirs in fields.items() if lead[own] is not None}


def _filled(dml: Dml, db: sqlite3.Connection, sobject: str, known: str | None, values: Row) -> str:
    """The id of a new record with those values, or of the known one, in which they fill what is empty."""
    if known is None:
        return _saved(dml.insert(sobject, [values]))
    there = _read(dml, db, sobject, known, list(values))
    missing = {name: value for name, value in values.items() if there[name] is None}
    return _saved(dml.update(sobject, [{**missing, "Id": known}])) if missing else known


def _saved(results: Sequence[RowResult]) -> str:
    (result,) = results
    if result.errors:
        raise _Undo(result.errors[0])
    return str(result.id)
