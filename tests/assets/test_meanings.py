"""Every outcome and reason that a run can give is explained to people, and every cell of a two-way plan."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import pipelines
from assets.commands.meanings import MEANINGS, WHYS, meaning
from assets.commands.tables import shown
from assets.declarations import entities
from pipelines.both_sides.outcomes_both import LATER
from pipelines.both_sides.three_way import sides_sql
from pipelines.declaring.agreed_rules import Agreed
from pipelines.declaring.source import Outlook
from pipelines.reading.usable import tests_of_source as usable_tests
from pipelines.telling.outcomes import OUTCOMES
from tests.pipelines.both_case import BothCase

TEXTS = {path.name: path.read_text("utf-8") for path in Path(pipelines.__file__).parent.rglob("*.py")}
WRITTEN = re.compile(rf"\b({'|'.join(OUTCOMES)}): ([a-z]\w*[a-z])(?=['\"])")
"""As it stands in SQL, such as 'held: gate'."""

NOT_FOR_PEOPLE = {"failed: not_planned", "failed: unknown", "failed: parent_not_written"}
"""An error of ours, one of Salesforce without a code, and one that an earlier failure explains."""


def reasons() -> set[tuple[str, str]]:
    """(outcome, reason) of all that is written in `pipelines/`, or follows from a declaration."""
    found = {(outcome, reason) for text in TEXTS.values() for outcome, reason in WRITTEN.findall(text)}
    found |= {("failed", problem) for one in entities().values() for _, problem, _ in usable_tests(one.source)}
    found |= {("failed", code) for code in LATER}
    for entity in entities().values():
        found |= {("skipped", rule.missing_reason) for rule in entity.references.values() if rule.missing == "skip"}
        found |= {("skipped", entity.wanted.otherwise)} if entity.wanted else set()
        found |= {("skipped", leave.reason) for leave in entity.both.leave} if entity.both else set()
    for name, outcome in (("in_source", "created"), ("on_both_sides", "updated")):
        assert name in TEXTS["outcomes_both.py"]
        found.add((outcome, name))
    found |= {("unchanged", why) for why in ("longer_there", "full_there", "no_counterpart", "prevented")}
    agreed = (rule for one in entities().values() for rule in one.fields.values() if isinstance(rule, Agreed))
    found |= {("unchanged", why) for rule in agreed for why in rule.keeps}
    return {each for each in found if ": ".join(each) not in NOT_FOR_PEOPLE}


@pytest.mark.parametrize("outcome, reason", sorted(reasons()), ids=[": ".join(each) for each in sorted(reasons())])
def test_every_reason_has_a_meaning(outcome: str, reason: str) -> None:
    composed = reason.startswith(("missing_", "same_", "status_")) or (outcome, reason) == ("skipped", "ended")
    assert reason in MEANINGS or composed
    assert meaning(outcome, reason, "tasks")


def test_no_meaning_is_cut_in_a_table() -> None:
    longest = max(entities(), key=len)
    told = {reason: meaning("", reason, longest) for reason in MEANINGS}
    assert {reason: text for reason, text in told.items() if shown(text) != text} == {}


def test_every_outcome_has_a_meaning_or_always_a_reason() -> None:
    assert set(OUTCOMES) - set(MEANINGS) == {"skipped", "held", "failed"}


def test_every_cell_of_a_two_way_plan_says_why_in_words() -> None:
    sql = "\n".join([*sides_sql(BothCase().bound), TEXTS["way_back.py"]])
    flows = re.findall(r"\['(?:crm|source|hold)', '(\w+)'\]", sql)
    assert {"changed_there", "blank_here", "conflict"} <= set(flows)
    rules = {
        rule.name for one in entities().values() if isinstance(one.source, Outlook) for rule in one.fields.values()
    }
    assert {*flows, "not_there", "key", *rules} - set(WHYS) == {"agreed"}  # those have a reason of their own
