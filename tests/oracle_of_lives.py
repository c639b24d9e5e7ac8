"""What should come of a service's profiles and connections, told a second time: plain Python, from the contract.

It knows the contract of the feeds and the product document, and shares nothing with `pipelines/`. A reference is told
by the key of what it means; `NOW` stands for the time of whichever run wrote a cell.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Row = Mapping[str, Any]
Record = dict[str, Any]

NOW = "the time of the run"
TEXTS = {
    "First_Name__c": "first_name",
    "Last_Name__c": "last_name",
    "Display_Name__c": "display_name",
    "Degree__c": "degree",
    "Title__c": "title",
    "Photo_Url__c": "photo_url",
}
"""What people say of themselves: what they take back is blank in the CRM as well."""

RECORD_TYPES = {"HCP": "Engage_HCP_Profile", "Staff": "Engage_Staff_Profile"}
STATUS, STAMP = "Connection_Status__c", "Connection_Status_Updated_At__c"
PROFILE = ("External_Id__c", "RecordTypeId", "Account__c", "Kind__c", *TEXTS, "Signed_Up_At__c", STATUS, STAMP)
CONNECTION = ("External_Id__c", "From_User__c", "To_Profile__c", "Active__c", "Inactivated_At__c")


@dataclass(frozen=True)
class Service:
    """All that the service holds, and whom the org knows: users by federation identifier, accounts by key."""

    profiles: Sequence[Row]
    connections: Sequence[Row]
    users: Collection[str]
    accounts: Collection[str]

    def is_over(self, profile: Row) -> bool:
        """Deleted or merged. A merger that leads back to itself tells nothing."""
        if profile.get("state") == "deleted":
            return True
        return bool(profile.get("merged_into")) and not self.goes_round(profile)

    def goes_round(self, profile: Row) -> bool:
        onto = {row["id"]: row.get("merged_into") for row in self.profiles}
        at = onto[profile["id"]]
        for _ in onto:
            if at is None or at == profile["id"]:
                break
            at = onto.get(at)
        return bool(at) and at == profile["id"]

    def users_of(self, profile: Row) -> set[str]:
        """Whom a profile is connected to, of this org or of another of the company."""
        return {row["user_id"] for row in self.connections if row["profile_id"] == profile["id"] and row["active"]}

    def account_of(self, profile: Row) -> str | None:
        """The first account that this org has."""
        return next((key for key in profile.get("account_ids") or () if key in self.accounts), None)

    def is_synced(self, profile: Row) -> bool:
        users = self.users_of(profile)
        return bool(users & set(self.users)) or bool(users and self.account_of(profile))


def profiles(service: Service, before: Mapping[str, Record]) -> dict[str, Record]:
    """Key → the record as it should end, of all that were there before and all that should be now."""
    ended = {key: dict(record) for key, record in before.items()}
    for row in service.profiles:
        record = ended.get(row["id"])
        if record and record.get("Do_Not_Update__c"):
            continue
        if service.goes_round(row) and not service.is_over(row):
            continue
        if service.is_over(row):
            if record:
                _delete(record)
        elif record:
            _follow(service, row, record)
        elif service.is_synced(row):
            blank: Record = {**dict.fromkeys(PROFILE), "External_Id__c": row["id"], "Do_Not_Update__c": False}
            ended[row["id"]] = _follow(service, row, blank)
    return ended


def _delete(record: Record) -> None:
    stamp = record[STAMP] if record[STATUS] == "Deleted" else NOW
    kept = {"External_Id__c", "RecordTypeId"}
    record |= {name: None for name in PROFILE if name not in kept}
    record |= {"Display_Name__c": "Deleted User", STATUS: "Deleted", STAMP: stamp}


def _follow(service: Service, row: Row, record: Record) -> Record:
    status = "Connected" if service.users_of(row) & set(service.users) else "Not Connected"
    if status != record[STATUS]:
        record |= {STATUS: status, STAMP: NOW}
    record |= {field: row.get(column) or None for field, column in TEXTS.items()}
    record |= {"Kind__c": row["kind"], "RecordTypeId": RECORD_TYPES[row["kind"]]}
    left = row.get("account_ids") == []
    record["Account__c"] = None if left else service.account_of(row) or record["Account__c"]
    record["Signed_Up_At__c"] = row.get("signed_up_at") or record["Signed_Up_At__c"]
    return record


def connections(service: Service, before: Mapping[str, Record], known: Collection[str]) -> dict[str, Record]:
    """The same of connections. `known`: keys of the profiles that have a record."""
    over = {row["id"] for row in service.profiles if service.is_over(row)}
    ended = {key: dict(record) for key, record in before.items()}
    for row in service.connections:
        record = ended.get(row["id"])
        user = row["user_id"] if row["user_id"] in service.users else None
        lives = row["active"] and user and row["profile_id"] not in over
        profile = row["profile_id"] if row["profile_id"] in known else None
        if not lives:
            if record:
                told = None if row["active"] else row.get("disconnected_at")
                time = told or record["Inactivated_At__c"] or NOW
                record |= {"Active__c": False, "Inactivated_At__c": time}
        elif record:
            record |= {"From_User__c": user, "Active__c": True, "Inactivated_At__c": None}
            record["To_Profile__c"] = profile or record["To_Profile__c"]
        elif profile:
            told = (row["id"], user, profile, True, None)
            ended[row["id"]] = dict(zip(CONNECTION, told, strict=True))
    return ended
