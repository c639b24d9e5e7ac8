"""Small random worlds: a directory and a CRM that share few keys, names and addresses, so that everything collides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from tests.oracle import Record, Row

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


def any_case(keys: tuple[str, ...]) -> st.SearchStrategy[str]:
    return st.sampled_from(keys).flatmap(lambda key: st.sampled_from((key, key, key, key.upper(), f" {key}\t")))


def keys() -> st.SearchStrategy[str | None]:
    """Mostly spread out, at times blank or another row's in capitals."""
    return st.sampled_from((*KEYS * 4, *(key.upper() for key in KEYS), " k1\t", None))


def texts(*more: str | None) -> st.SearchStrategy[str | None]:
    return st.sampled_from((*TEXTS, *more))


def mostly(value: Any, otherwise: st.SearchStrategy[Any], *, share: int) -> st.SearchStrategy[Any]:
    """The value, but for one in `share`."""
    return st.integers(0, share - 1).flatmap(lambda n: st.just(value) if n else otherwise)


def institutions() -> st.SearchStrategy[Row]:
    return st.fixed_dictionaries(
        {
            "institution_id": keys(),
            "name": texts("School", "College", TOO_LONG),
            "status": st.sampled_from((None, "A", "A", "A", "C", "U", "Z")),
            "city": texts(),
            "phone": texts(),
            "enrollment": st.sampled_from((None, "7", "8", "many")),
            "parent_id": mostly(None, any_case((*KEYS, "nowhere")), share=2),
            "merged_into": mostly(None, any_case((*KEYS, "nowhere")), share=4),
        }
    )


def persons() -> st.SearchStrategy[Row]:
    return st.fixed_dictionaries(
        {
            "person_id": keys(),
            "institution_id": st.sampled_from(("i1", "I1", "i2", "nowhere", None)),
            "first_name": texts(),
            "last_name": st.sampled_from(("Lee", "lee", "Ray", None, TOO_LONG)),
            "title": texts(),
            "email": st.sampled_from(EMAILS),
            "status": st.sampled_from((None, "A", "A", "I", "U", "Z")),
            "merged_into": mostly(None, any_case((*KEYS, "nowhere")), share=4),
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
            "Source_Key__c": st.sampled_from((*KEYS, *KEYS, "K1", "other", None)),
            "Name": texts("School").map(tidied).filter(bool),
            "BillingCity": texts().map(tidied),
            "Phone": texts().map(tidied),
            "NumberOfEmployees": st.sampled_from((None, 7, 9)),
            "ParentId": st.none(),
            "Source_Status__c": st.sampled_from((None, "A", "C")),
            **_flags(),
        }
    )


def contacts() -> st.SearchStrategy[Record]:
    return st.fixed_dictionaries(
        {
            "Source_Key__c": st.sampled_from((*KEYS, "K1", "other", None, None, None, None)),
            "FirstName": texts().map(tidied),
            "LastName": st.sampled_from(("Lee", "Ray", "Old")),
            "Title": texts().map(tidied),
            "Email": st.sampled_from(EMAILS),
            "AccountId": st.sampled_from(("001A", "001B", None)),
            "Source_Status__c": st.sampled_from((None, "A", "I")),
            **_flags(),
        }
    )


def worlds(rows: st.SearchStrategy[Row], records: st.SearchStrategy[Record]) -> st.SearchStrategy[Small]:
    """Up to six rows and five records."""

    def named(found: list[Record]) -> dict[str, Record]:
        return {f"00{n}": record for n, record in enumerate(found)}

    return st.builds(
        Small,
        rows=st.lists(rows, max_size=6),
        records=st.lists(records, max_size=5).map(named),
        creates=st.booleans(),
    )


INSTITUTIONS = worlds(institutions(), accounts())
PEOPLE = worlds(persons(), contacts())
