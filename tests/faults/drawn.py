"""What people and the source may do at random: few keys and few words, so that everything collides."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.faults import plan
from tests.faults.kinds import ANYWHERE, CHANGING, CLOSING, POLLING, ROWS
from tests.faults.outside import ROUTES

KEYS = ("k1", "k2", "k3", "k4", "k5")
WORDS = st.sampled_from((None, "one", "two", "Zoë 🦉", '"quoted", =1+1', "two\nlines", "#N/A"))
NAMES = st.sampled_from(("School", "College", "Zoë 🦉", "#N/A", "New\nname"))
PARENTS = st.sampled_from((None, *KEYS, "nowhere"))
STATUSES = st.sampled_from((None, "A", "A", "A", "C", "U", "Z"))
FACTS = st.one_of(
    st.tuples(st.just("name"), NAMES),
    st.tuples(st.just("city"), WORDS),
    st.tuples(st.just("phone"), WORDS),
    st.tuples(st.just("enrollment"), st.sampled_from((None, "7", "8"))),
    st.tuples(st.just("parent_id"), PARENTS),
    st.tuples(st.just("status"), STATUSES),
)
EDITS = st.one_of(
    st.tuples(st.just("Name"), NAMES),
    st.tuples(st.sampled_from(("BillingCity", "Phone", plan.UNMAPPED)), WORDS),
    st.tuples(st.just("ParentId"), st.none()),
    st.tuples(st.sampled_from(plan.FLAGS), st.booleans()),
)
PERSONS = st.fixed_dictionaries(
    {
        "Name": NAMES,
        "Source_Key__c": st.sampled_from((None, *KEYS)),
        "Phone": WORDS,
        "BillingCity": WORDS,
        "Source_Status__c": st.sampled_from((None, "A")),
    }
)
KINDS = st.sampled_from((*ANYWHERE, *CHANGING, *ROWS, *CLOSING, *POLLING))
SCHEDULES = st.dictionaries(st.integers(1, 14), KINDS, min_size=1, max_size=3)
AS_IT_COMES = st.sampled_from(tuple(ROUTES))
SCOPES = st.sampled_from(("changed", "all"))
