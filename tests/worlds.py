"""Small random worlds: a directory and a CRM that share few keys, names and addresses, so that everything collides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from tests.contract import Record, Row

KEYS = ("k1", "k2", "k3", "k4", "k5")
TEXTS = (None, "", "  ", "Ann", "ann", " Ann ", "two\r\nlines", "two\nlines", "Zoë 🦉", '"quoted", =1+1', "#N/A")
TOO_LONG = "x" * 300
EMAILS = (None, "a@b.org", "A@B.org", "c@d.org", "e@f.org")
HOME_ACCOUNTS = {"i1": "001A", "i2": "001B"}


@dataclass(frozen=True)
class Small:
    """One small world."""

    rows: list[Row]
    records: dict[str, Record]
    creates: bool


def keys(*more: str) -> st.SearchStrategy[str]:
    """One of the keys, at times in capitals or with blanks around."""
    return st.tuples(st.sampled_from((*KEYS, *more)), st.integers(0, 9)).map(
        lambda drawn: {8: drawn[0].upper(), 9: f" {drawn[0]}\t"}.get(drawn[1], drawn[0])
    )


def often(*values: Any, seldom: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    """One of the values; once in thirty one of the others."""
    return st.integers(0, 29).flatmap(lambda n: st.sampled_from(seldom if n == 17 else values))


def texts(*more: str | None, seldom: tuple[str, ...] = (TOO_LONG,)) -> st.SearchStrategy[str | None]:
    return often(*TEXTS, *more, seldom=seldom)


def mostly(value: Any, otherwise: st.SearchStrategy[Any], *, share: int) -> st.SearchStrategy[Any]:
    """The value, but for one in `share`."""
    return st.integers(0, share - 1).flatmap(lambda n: otherwise if n == share // 2 else st.just(value))


def institutions() -> st.SearchStrategy[Row]:
    return st.fixed_dictionaries(
        {
            "institution_id": keys(),
            "name": often("School", "College", "Zoë 🦉", "#N/A", "School\r\nTwo", seldom=(None, "  ", TOO_LONG)),
            "status": often(None, "A", "A", "A", "C", "U", seldom=("Z",)),
            "city": texts(),
            "phone": texts(),
            "enrollment": often(None, "7", "8", seldom=("many",)),
            "parent_id": mostly(None, keys("nowhere"), share=2),
            "merged_into": mostly(None, keys("nowhere"), share=4),
        }
    )


def persons() -> st.SearchStrategy[Row]:
    return st.fixed_dictionaries(
        {
            "person_id": keys(),
            "institution_id": often("i1", "I1", "i2", seldom=("nowhere", None)),
            "first_name": often("Ann", "ann", "Bo", None, seldom=(TOO_LONG,)),
            "last_name": often("Lee", "lee", "Ray", seldom=(None, TOO_LONG)),
            "title": texts(),
            "email": st.sampled_from(EMAILS),
            "status": often(None, "A", "A", "A", "I", "U", seldom=("Z",)),
            "merged_into": mostly(None, keys("nowhere"), share=5),
        }
    )


def tidied(value: str | None) -> str | None:
    return (value or "").replace("\r\n", "\n").strip() or None


def _flags() -> dict[str, st.SearchStrategy[Any]]:
    flag = mostly(False, st.just(True), share=4)
    return {"Do_Not_Update__c": flag, "Do_Not_Update_Hierarchy__c": flag}


def accounts() -> st.SearchStrategy[Record]:
    return st.fixed_dictionaries(
        {
            "Source_Key__c": often(*KEYS, seldom=("K1", "other", None)),
            "Name": st.sampled_from(("School", "Old", "Zoë 🦉", "School\nTwo")),
            "BillingCity": texts(seldom=("old",)).map(tidied),
            "Phone": texts(seldom=("old",)).map(tidied),
            "NumberOfEmployees": st.sampled_from((None, 7, 9)),
            "ParentId": st.sampled_from((None, "000", "001")),
            "Source_Status__c": st.sampled_from((None, "A", "C")),
            **_flags(),
        }
    )


def contacts() -> st.SearchStrategy[Record]:
    return st.fixed_dictionaries(
        {
            "Source_Key__c": st.sampled_from((*KEYS, "K1", "other", *[None] * 6)),
            "FirstName": st.sampled_from(("Ann", "Bo", None)),
            "LastName": st.sampled_from(("Lee", "Ray", "Old")),
            "Title": texts(seldom=("old",)).map(tidied),
            "Email": st.sampled_from((*EMAILS, None, None)),
            "AccountId": st.sampled_from(("001A", "001B", None)),
            "Source_Status__c": st.sampled_from((None, "A", "I")),
            **_flags(),
        }
    )


def worlds(rows: st.SearchStrategy[Row], key: str, records: st.SearchStrategy[Record]) -> st.SearchStrategy[Small]:
    """Up to seven rows, seldom two of one key, and up to five records, seldom two of one key."""

    def named(found: list[Record]) -> dict[str, Record]:
        return {f"00{n}": record for n, record in enumerate(found)}

    def one_each(by: str) -> Any:
        return lambda row: str(row[by]).strip().lower() if row[by] else repr(row)

    return st.builds(
        lambda rows, more, records, creates: Small([*rows, *more], named(records), creates),
        st.lists(rows, unique_by=one_each(key), min_size=4, max_size=6),
        mostly([], st.lists(rows.map(lambda row: {**row, key: None}) | rows, max_size=1), share=8),
        st.lists(records, unique_by=one_each("Source_Key__c"), min_size=2, max_size=5) | st.lists(records, max_size=4),
        st.booleans(),
    )


INSTITUTIONS = worlds(institutions(), "institution_id", accounts())
PEOPLE = worlds(persons(), "person_id", contacts())
