"""What people and the source may do at random: few keys and few words, so that everything collides."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Literal

from hypothesis import strategies as st

from tests.faults import institutions, people
from tests.faults.kinds import ANYWHERE, CHANGING, CLOSING, ENDED, POLLING, ROWS
from tests.faults.outside import ROUTES
from tests.faults.plan import FLAGS
from tests.faults.stroke import Stroke

KEYS = {"accounts": ("k1", "k2", "k3", "k4", "k5"), "personnel": ("p1", "p2", "p3", "p4")}
NAMED = st.sampled_from(("accounts", "personnel", "personnel"))
"""Which entity."""
NUMBERS = st.integers(0, 9)
"""Which of the live records."""

WORDS = st.sampled_from((None, "one", "two", "Zoë 🦉", '"quoted", =1+1', "two\nlines", "#N/A"))
NAMES = st.sampled_from(("School", "College", "Zoë 🦉", "#N/A", "New\nname"))
FIRST = st.sampled_from((None, "Ann", "Bo"))
LAST = st.sampled_from(("Lee", "Lee", "Ray"))
EMAILS = st.sampled_from((None, None, "a@b.org", "c@d.org"))
TYPED_EMAILS = st.sampled_from((None, "a@b.org", "A@B.org", "c@d.org"))
PARENTS = st.sampled_from((None, *KEYS["accounts"], "nowhere"))
HOMES = st.sampled_from(("k1", "k2", "k3", "k4", "nowhere"))

ROWS_OF = {
    "accounts": st.fixed_dictionaries({"name": NAMES, "city": WORDS}),
    "personnel": st.fixed_dictionaries(
        {"first_name": FIRST, "last_name": LAST, "institution_id": HOMES, "email": TYPED_EMAILS}
    ),
}
"""What a row is like when it is first listed."""

FACTS = {
    "accounts": st.one_of(
        st.tuples(st.just("name"), NAMES),
        st.tuples(st.just("city"), WORDS),
        st.tuples(st.just("phone"), WORDS),
        st.tuples(st.just("enrollment"), st.sampled_from((None, "7", "8"))),
        st.tuples(st.just("parent_id"), PARENTS),
        st.tuples(st.just("status"), st.sampled_from((None, "A", "A", "A", "C", "U", "Z"))),
    ),
    "personnel": st.one_of(
        st.tuples(st.just("first_name"), FIRST),
        st.tuples(st.just("last_name"), LAST),
        st.tuples(st.just("title"), WORDS),
        st.tuples(st.just("email"), TYPED_EMAILS),
        st.tuples(st.just("institution_id"), HOMES),
        st.tuples(st.just("status"), st.sampled_from((None, "A", "A", "I", "I", "U", "Z"))),
    ),
}
"""What the source says anew of a row: column and value."""

EDITS = {
    "accounts": st.one_of(
        st.tuples(st.just("Name"), NAMES),
        st.tuples(st.sampled_from(("BillingCity", "Phone", institutions.UNMAPPED)), WORDS),
        st.tuples(st.just("ParentId"), st.none()),
        st.tuples(st.sampled_from(FLAGS), st.booleans()),
    ),
    "personnel": st.one_of(
        st.tuples(st.just("FirstName"), FIRST),
        st.tuples(st.just("LastName"), LAST),
        st.tuples(st.just("Email"), TYPED_EMAILS),
        st.tuples(st.sampled_from(("Title", people.UNMAPPED)), st.sampled_from((None, "one", "two"))),
        st.tuples(st.just("AccountId"), st.none() | NUMBERS),
        st.tuples(st.sampled_from(FLAGS), st.booleans()),
    ),
}
"""What people type into a record: field and value; an account is told by a number."""

RECORDS = {
    "accounts": st.fixed_dictionaries(
        {
            "Name": NAMES,
            "Source_Key__c": st.sampled_from((None, *KEYS["accounts"])),
            "Phone": WORDS,
            "BillingCity": WORDS,
            "Source_Status__c": st.sampled_from((None, "A")),
        }
    ),
    "personnel": st.fixed_dictionaries(
        {
            "FirstName": FIRST,
            "LastName": LAST,
            "Email": EMAILS,
            "AccountId": st.none() | NUMBERS | NUMBERS,
            "Source_Key__c": st.sampled_from((None, None, None, None, *KEYS["personnel"])),
            "Title": st.sampled_from((None, "one")),
        }
    ),
}
"""What people type as a whole."""

CHANGES = {name: st.lists(st.tuples(st.sampled_from(KEYS[name]), FACTS[name]), min_size=1, max_size=5) for name in KEYS}

AS_IT_COMES = st.sampled_from(tuple(ROUTES))
WHICH = st.sampled_from((("accounts", "personnel"), ("accounts", "personnel"), ("accounts",), ("personnel",)))
"""Which entities are synced, in order."""
SKEWS = st.sampled_from((timedelta(), timedelta(), timedelta(days=-1), timedelta(hours=1), timedelta(days=13)))
"""How far our own clock is off; after a pause of a fortnight nobody is told any more who merged what."""
KINDS = st.sampled_from((*ANYWHERE, *CHANGING, *ROWS, *CLOSING, *POLLING, *ENDED))


def strokes(**more: st.SearchStrategy[Any]) -> st.SearchStrategy[Stroke]:
    scopes: st.SearchStrategy[Literal["changed", "all"]] = st.sampled_from(("changed", "all"))
    return st.builds(Stroke, AS_IT_COMES, scopes, imports=st.booleans(), **more)


CALM = strokes(skew=SKEWS)
FAULTY = strokes(schedule=st.dictionaries(st.integers(1, 14), KINDS, min_size=1, max_size=3))
STRUCK = strokes(struck=st.integers(1, 14))
