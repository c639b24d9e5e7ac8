"""The small plan of connections: new ones, ended ones with a time and without, those whose profile ended or is back.

Besides, one that goes on with another user, some that nothing can be made of, and a person who edits two meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping

from assets.connections import ENTITY
from tests import oracle_of_lives
from tests.faults.inside import Inside
from tests.faults.lives import Lives, connection_first, connection_later, profile_first, profile_later
from tests.oracle_of_lives import Record, Service

OLD = "2026-02-01T08:00:00Z"


def oracle(service: Service, before: Mapping[str, Record], org: Inside) -> dict[str, Record]:
    known = {record["External_Id__c"] for record in org.records("Engage_Profile__c", ["External_Id__c"])}
    return oracle_of_lives.connections(service, before, known)


def ended(key: str) -> Record:
    """A record as it was when its connection, or its profile, had ended."""
    told = {"External_Id__c": key, "From_User__c": "ursula", "Active__c": False, "Inactivated_At__c": OLD}
    return {**told, "To_Profile__c": "back" if key == "with its profile" else "ada"}


CONNECTIONS = Lives(
    entity=ENTITY,
    at_first={
        "profiles": [
            *(profile_first(key) for key in ("ada", "deleted", "merged")),
            profile_first("back", state="deleted"),
        ],
        "connections": [
            connection_first("stays", profile_id="ada"),
            connection_first("told", profile_id="ada"),
            connection_first("not told", profile_id="ada"),
            connection_first("told anew", profile_id="ada"),
            connection_first("of the deleted", profile_id="deleted"),
            connection_first("of the merged", profile_id="merged"),
            connection_first("reactivated", profile_id="ada", active=False, disconnected_at=OLD),
            connection_first("rests", profile_id="ada", active=False),
            connection_first("with its profile", profile_id="back"),
            connection_first("moves", profile_id="ada"),
            connection_first("to nobody", profile_id="ada", user_id="nobody"),
        ],
    },
    changes={
        "profiles": [
            profile_later("deleted", state="deleted"),
            profile_later("merged", merged_into="ada"),
            profile_later("back"),
        ],
        "connections": [
            connection_later("told", profile_id="ada", active=False, disconnected_at="2026-02-27T10:00:00Z"),
            connection_later("not told", profile_id="ada", active=False),
            connection_later("told anew", profile_id="ada", connected_at="2026-02-27T10:00:00Z"),
            connection_later("reactivated", profile_id="ada"),
            connection_later("moves", profile_id="ada", user_id="urs"),
            connection_later("new", profile_id="ada", user_id="urs"),
            connection_later("new and back", profile_id="back", user_id="urs"),
            connection_later("new to nobody", profile_id="ada", user_id="nobody"),
            connection_later("new to no profile", profile_id="unknown"),
            connection_later("new and ended", profile_id="ada", active=False),
            connection_later("new of the deleted", profile_id="deleted"),
        ],
    },
    seeded={
        "Engage_Profile__c": [
            {
                "External_Id__c": key,
                "RecordTypeId": "Engage_HCP_Profile",
                "Display_Name__c": "Deleted User" if key == "back" else None,
                "Connection_Status__c": "Deleted" if key == "back" else "Connected",
                "Connection_Status_Updated_At__c": OLD,
            }
            for key in ("ada", "back")
        ],
        "Engage_Connection__c": [ended(key) for key in ("reactivated", "rests", "with its profile")],
    },
    typed={},
    edits=(("told", "people's words"), ("of the deleted", "more of them")),
    oracle=oracle,
    taken_away="Inactivated_At__c",
    outcomes={"created": 2, "deactivated": 4, "skipped": 5, "unchanged": 1, "updated": 3},
    above=True,
)
