"""Connections between our users and profiles → Engage_Connection__c: ended ones are deactivated and may come back."""

from datetime import timedelta

from pipelines.declaring.cadence import Cadence, LockFile
from pipelines.declaring.conditions import Is
from pipelines.declaring.derived_rules import Always, EndedAt
from pipelines.declaring.elsewhere import Records
from pipelines.declaring.entity import Entity, Target
from pipelines.declaring.life import Life
from pipelines.declaring.rules import Reference
from pipelines.declaring.source import Rest

COLLECTION = Rest(
    "connections",
    service="engage",
    path="/v1/connections",
    key="id",
    required=("profile_id", "user_id", "active"),
    happened=("disconnected_at",),
    vocabulary={"active": ("true", "false")},
)
ACTIVE = Is("active", "true")

ENTITY = Entity(
    name="connections",
    source=COLLECTION,
    target=Target("Engage_Connection__c", key="External_Id__c"),
    fields={
        "From_User__c": Reference("user_id", to=Records("User", "FederationIdentifier"), missing="skip"),
        "To_Profile__c": Reference("profile_id", to="profiles", missing="skip"),
        "Active__c": Always("true"),
        "Inactivated_At__c": EndedAt("disconnected_at"),
    },
    create="scheduled",
    cadence=Cadence(every="hour", at_least=timedelta(minutes=60), not_while=(LockFile("engage-post-processing.lock"),)),
    life=Life(
        ends_when=Is("active", "false"),
        ends_with=("To_Profile__c",),
        ends_without=("From_User__c", "To_Profile__c"),
        then={"Active__c": "false"},
    ),
)
