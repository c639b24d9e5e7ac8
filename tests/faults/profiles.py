"""The small plan of profiles: new ones, changed ones, deleted and merged ones, one that comes back, one left out.

Two change although they are not told anew, as their connections do, which are read beside. Besides, a cell to clear, a
mapped reference to itself, a record that people froze, and a person who edits three while the run is under way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from assets.profiles import ENTITY as SHIPPED
from pipelines.declaring.entity import Freeze
from tests import oracle_of_lives
from tests.faults.inside import Inside
from tests.faults.lives import Lives, connection_first, connection_later, profile_first, profile_later
from tests.oracle_of_lives import Record, Service

OLD = "2026-02-01T08:00:00Z"
AWAY = "somebody of another org"


def oracle(service: Service, before: Mapping[str, Record], org: Inside) -> dict[str, Record]:
    del org
    return oracle_of_lives.profiles(service, before)


LIVING = ("changed", "stays", "left", "deleted", "merged", "frozen", "circle")
"""Connected to a user at first."""

PROFILES = Lives(
    entity=replace(SHIPPED, freeze=Freeze(mapped="Do_Not_Update__c")),
    at_first={
        "profiles": [
            *(
                profile_first(key, first_name=key, degree="MD", account_ids=["i1"], signed_up_at=OLD, title="Dr")
                for key in LIVING
            ),
            profile_first("back", state="deleted"),
            profile_first("gone", state="deleted"),
            profile_first("waited", kind="Staff", first_name="waited"),
        ],
        "connections": [
            *(connection_first(f"c {key}", profile_id=key) for key in LIVING),
            connection_first("c back", profile_id="back"),
        ],
    },
    changes={
        "profiles": [
            profile_later("changed", kind="Staff", first_name='Changed, "again"', account_ids=["nowhere", "i2"]),
            profile_later("deleted", state="deleted", first_name="kept by mistake"),
            profile_later("merged", first_name="merged", degree="MD", account_ids=["i1"], merged_into="changed"),
            profile_later("circle", first_name="Circle", merged_into="circle"),
            profile_later("frozen", state="deleted"),
            profile_later("back", first_name="Back", account_ids=["i2"], signed_up_at="2026-02-03T08:00:00Z"),
            profile_later("new here", first_name="New"),
            profile_later("new at an account", account_ids=["i2"], display_name="At, account"),
            profile_later("new away", first_name="Away"),
            profile_later("new alone", account_ids=["i1"]),
            profile_later("new and over", state="deleted"),
        ],
        "connections": [
            connection_later("c left", profile_id="left", active=False, disconnected_at="2026-02-27T10:00:00Z"),
            connection_later("c waited", profile_id="waited"),
            connection_later("c new here", profile_id="new here"),
            connection_later("c new at an account", profile_id="new at an account", user_id=AWAY),
            connection_later("c new away", profile_id="new away", user_id=AWAY),
            connection_later("c new and over", profile_id="new and over"),
        ],
    },
    seeded={
        "Engage_Profile__c": [
            {
                "External_Id__c": key,
                "RecordTypeId": "Engage_HCP_Profile",
                "Display_Name__c": "Deleted User",
                "Connection_Status__c": "Deleted",
                "Connection_Status_Updated_At__c": OLD,
            }
            for key in ("back", "gone")
        ]
    },
    typed={"frozen": {"Do_Not_Update__c": True}},
    edits=(("deleted", "people's words"), ("changed", "more of them"), ("stays", "and more")),
    oracle=oracle,
    taken_away="Degree__c",
    outcomes={"created": 3, "deactivated": 2, "held": 1, "skipped": 4, "updated": 3},
)
