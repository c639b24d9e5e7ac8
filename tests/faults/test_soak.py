"""The soak itself: whatever a story comes to is told, what was written needlessly is seen, a drawn fault is met."""

from __future__ import annotations

from pathlib import Path

import requests
from hypothesis import settings
from hypothesis.stateful import rule

from tests.faults.clock import SimulatedClock
from tests.faults.inside import inside
from tests.faults.institutions import INSTITUTIONS, row
from tests.faults.kinds import Call
from tests.faults.sent import Sent
from tests.faults.side import Side
from tests.faults.soak import STORIES, told
from tests.faults.stroke import Stroke
from tests.faults.tale import Story, Tale


class BreaksOff(Story):
    """One story that ends as no story should."""

    @rule()
    def nobody_thought_of_this(self) -> None:
        raise KeyError("k9")


def test_a_story_that_breaks_off_is_told_with_the_steps_that_led_there() -> None:
    tale = Tale()
    wrong = told(1, BreaksOff, settings(STORIES, max_examples=1), tale)
    assert "KeyError: 'k9'" in wrong
    assert "state.nobody_thought_of_this()" in wrong
    assert tale.done["stories"]


def test_a_fault_that_was_drawn_is_met_whatever_the_call_and_counted(tmp_path: Path) -> None:
    """Forty is more than there are kinds: it stands for one of those that the call can meet."""
    with inside(tmp_path / "org", SimulatedClock()) as org:
        side = Side(INSTITUTIONS, tmp_path, org, Tale())
        side.rows["k1"] = row("k1", "One")
        side.run(side.feed(), Stroke("collections", schedule={1: 40, 2: "reset"}))
        assert side.tale.faults.total() == 2
        assert side.tale.done["sync met faults"] == 1
        side.close()


def test_what_is_sent_although_the_org_has_it_is_seen(tmp_path: Path) -> None:
    with inside(tmp_path / "org", SimulatedClock()) as org:
        record = org.org.seed("Account", [{"Source_Key__c": "k1", "Name": "One", "Phone": "1"}])[0]
        rows = [
            {"Id": record, "Name": "One", "Phone": "2", "Source_Synced_At__c": None},
            {"Source_Key__c": "K1", "Name": "One"},
            {"Source_Key__c": "k2", "Name": "Two"},
        ]
        sent = Sent(org, "Account")
        request = requests.Request("PATCH", "https://org.example", json={"records": rows}).prepare()
        sent(Call("PATCH", "composite/sobjects"), request)
        assert sent.needless == ["k1.Name is 'One' and is sent", "K1 is created again"]
        assert sent.rows == 3
