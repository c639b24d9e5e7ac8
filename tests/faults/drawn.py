"""What people and the source may do at random: few keys and few words, so that everything collides."""

from __future__ import annotations

from datetime import timedelta
from itertools import accumulate
from typing import Any, Literal

from hypothesis import strategies as st

from tests.faults import institutions, people
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

FROZEN = st.sampled_from((True, True, False))
"""A flag by which a person keeps our hands off a record, or off its parent."""

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
        st.tuples(st.sampled_from(FLAGS), FROZEN),
    ),
    "personnel": st.one_of(
        st.tuples(st.just("FirstName"), FIRST),
        st.tuples(st.just("LastName"), LAST),
        st.tuples(st.just("Email"), TYPED_EMAILS),
        st.tuples(st.sampled_from(("Title", people.UNMAPPED)), st.sampled_from((None, "one", "two"))),
        st.tuples(st.just("AccountId"), st.none() | NUMBERS),
        st.tuples(st.sampled_from(FLAGS), FROZEN),
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
            FLAGS[0]: st.sampled_from((False, False, True)),
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
            FLAGS[0]: st.sampled_from((False, False, True)),
        }
    ),
}
"""What people type as a whole."""

Said = dict[str, list[tuple[str, tuple[str, str | None]]]]
"""Entity → keys, each with a column and its value."""
CHANGES = {name: st.lists(st.tuples(st.sampled_from(KEYS[name]), FACTS[name]), min_size=1, max_size=5) for name in KEYS}
SAID = st.fixed_dictionaries(CHANGES)
"""What the sources say just before a run that is disturbed, so that it has something to do."""

AS_IT_COMES = st.sampled_from(tuple(ROUTES))
WHICH = st.sampled_from((("accounts", "personnel"), ("accounts", "personnel"), ("accounts",), ("personnel",)))
"""Which entities are synced, in order."""
SKEWS = st.sampled_from((timedelta(), timedelta(), timedelta(days=-1), timedelta(hours=1), timedelta(days=11)))
"""How far our own clock is off; after a pause of a fortnight nobody is told any more who merged what."""
PAUSES = st.sampled_from((timedelta(minutes=1), timedelta(hours=3), timedelta(hours=20)))

WHICH_KIND = st.sampled_from(range(36))
"""Stands for one of the kinds that a call can meet; there are fewer."""
FAR = st.sampled_from((1, 1, 2, 2, 3, 3, 4, 5))
"""Calls from one fault to the next: a run that writes little has five or six, one by jobs some more."""


def schedule(faults: list[tuple[int, int]]) -> dict[int, int]:
    """By the number of the call, of faults that are told by their distance from the one before."""
    at = accumulate(distance for distance, _ in faults)
    return dict(zip(at, (which for _, which in faults), strict=True))


SCHEDULES = st.lists(st.tuples(FAR, WHICH_KIND), min_size=2, max_size=4).map(schedule)
DEATHS = st.sampled_from((1, 2, 3, 3, 4, 4, 5, 5, 6, 7, 9))
"""The call at which a run dies."""


def strokes(**more: st.SearchStrategy[Any]) -> st.SearchStrategy[Stroke]:
    scopes: st.SearchStrategy[Literal["changed", "all"]] = st.sampled_from(("changed", "changed", "all"))
    sizes = st.sampled_from((0, 0, 1, 2))
    return st.builds(Stroke, AS_IT_COMES, scopes, imports=st.booleans(), rows=sizes, **more)


CALM = strokes(skew=SKEWS)
FAULTY = strokes(schedule=SCHEDULES)
STRUCK = strokes(struck=DEATHS)
DISTURBED = strokes(schedule=st.just({}) | SCHEDULES, struck=st.just(0) | DEATHS)

CELLS = {
    "accounts": (
        ("phone", "Phone"),
        ("phone", "Phone"),
        ("name", "Name"),
        ("city", "BillingCity"),
        ("city", "Description"),
    ),
    "personnel": (("title", "Title"), ("title", "Title"), ("first_name", people.UNMAPPED)),
}
"""A column of which the source says something, and the field that a person types into meanwhile."""
AMID = NAMED.flatmap(lambda name: st.tuples(st.just(name), st.sampled_from(CELLS[name])))
