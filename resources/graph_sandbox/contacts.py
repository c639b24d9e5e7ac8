"""contact: what a client may write, and what follows. That one is private, Exchange tells in an extended property."""

from __future__ import annotations

from typing import Any

from .answer import Row, bad_request
from .kind import Change, Kind, objects, or_none, some_object, text, texts
from .moments import in_utc, told

SENSITIVITY = "Integer 0x36"
"""PidTagSensitivity: 0 normal, 1 personal, 2 private, 3 confidential."""

_TEXTS = (
    "assistantName", "businessHomePage", "companyName", "department", "displayName", "fileAs", "generation",
    "givenName", "initials", "jobTitle", "manager", "middleName", "mobilePhone", "nickName", "officeLocation",
    "personalNotes", "profession", "spouseName", "surname", "title", "yomiCompanyName", "yomiGivenName", "yomiSurname",
)  # fmt: skip
_LISTS = ("businessPhones", "categories", "children", "homePhones", "imAddresses")
_ADDRESSES = ("businessAddress", "homeAddress", "otherAddress")


def addresses(value: Any) -> list[Row]:
    """emailAddresses: three at most, each with a name, which is the address unless told."""
    _at_most("EmailAddresses", objects(value), 3)
    return [
        {"name": text(each.get("name")) or text(each.get("address")), "address": text(each.get("address"))}
        for each in objects(value)
    ]


def phones(value: Any) -> list[str]:
    """businessPhones: two at most."""
    listed: list[str] = texts(value)
    _at_most("BusinessPhones", listed, 2)
    return listed


def _at_most(name: str, entries: list[Any], most: int) -> None:
    if len(entries) > most:
        told = (
            f"The multi value property {name} has {len(entries)} entries, that exceeds the max allowed value of {most}"
        )
        raise bad_request(told, "ErrorInvalidArgument")


def day(value: Any) -> str:
    """birthday: the day, at 11:59 UTC as Outlook keeps it."""
    try:
        return f"{in_utc(str(value)):%Y-%m-%d}T11:59:00Z"
    except ValueError:
        raise bad_request(f"Cannot convert the literal '{value}' to the expected type 'Edm.DateTimeOffset'.") from None


def extended(value: Any) -> list[Row]:
    """singleValueExtendedProperties, each a text by the name of its kind."""
    found = [{"id": text(each.get("id")), "value": str(each.get("value"))} for each in objects(value)]
    if not all(each["id"] for each in found):
        raise bad_request("Invalid or empty extended property id.", "ErrorInvalidProperty")
    return found


def settled(change: Change) -> Row:
    now = told(change.now)
    new: Row = {**dict.fromkeys((*_TEXTS, "birthday")), **{name: [] for name in (*_LISTS, "emailAddresses")}}
    row: Row = dict(change.before or {**new, **{name: {} for name in _ADDRESSES}, "createdDateTime": now})
    row |= change.told
    row["lastModifiedDateTime"] = now
    if "displayName" not in change.told and ({"givenName", "surname"} & change.told.keys() or not row["displayName"]):
        row["displayName"] = " ".join(filter(None, (row["givenName"], row["surname"]))) or row["companyName"]
    if "fileAs" not in change.told and ({"givenName", "surname"} & change.told.keys() or not row["fileAs"]):
        row["fileAs"] = ", ".join(filter(None, (row["surname"], row["givenName"]))) or row["companyName"]
    return row


CONTACTS = Kind(
    name="contacts",
    type="microsoft.graph.contact",
    writable={
        **dict.fromkeys(_TEXTS, text),
        **dict.fromkeys(_LISTS, texts),
        **dict.fromkeys(_ADDRESSES, some_object),
        "businessPhones": phones,
        "emailAddresses": addresses,
        "birthday": or_none(day),
    },
    settled=settled,
    beside={"singleValueExtendedProperties": extended},
    ignored=frozenset({"parentFolderId"}),
    versioned=True,
)
