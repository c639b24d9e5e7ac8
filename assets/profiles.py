"""Profiles of a service → Engage_Profile__c: those in touch with our users, followed to the end of their life."""

from datetime import timedelta

from assets.connections import ACTIVE, COLLECTION
from pipelines.declaring.cadence import Cadence, LockFile
from pipelines.declaring.conditions import Has, Is, Resolves
from pipelines.declaring.derived_rules import StampedWith, Whether
from pipelines.declaring.elsewhere import Records, RecordTypes
from pipelines.declaring.entity import Entity, Target
from pipelines.declaring.life import Life, Wanted
from pipelines.declaring.rules import Master, Reference
from pipelines.declaring.source import Rest

USERS = Records("User", "FederationIdentifier")
TO_A_USER_HERE = Has("connections", by="profile_id", where=ACTIVE, refers=("user_id", USERS))
TO_THE_COMPANY = Has("connections", by="profile_id", where=ACTIVE)

ENTITY = Entity(
    name="profiles",
    source=Rest(
        "profiles",
        service="engage",
        path="/v1/profiles",
        key="id",
        required=("kind", "state"),
        merged_into="merged_into",
        happened=("signed_up_at",),
        vocabulary={"state": ("active", "deleted")},
    ),
    beside=(COLLECTION,),
    target=Target("Engage_Profile__c", key="External_Id__c"),
    fields={
        "RecordTypeId": Reference(
            "kind", to=RecordTypes({"HCP": "Engage_HCP_Profile", "Staff": "Engage_Staff_Profile"}), missing="skip"
        ),
        "Account__c": Reference("account_ids", to="accounts", first=True, missing="keep", blank="clear"),
        "Kind__c": Master("kind"),
        "First_Name__c": Master("first_name", blank="clear"),
        "Last_Name__c": Master("last_name", blank="clear"),
        "Display_Name__c": Master("display_name", blank="clear"),
        "Degree__c": Master("degree", blank="clear"),
        "Title__c": Master("title", blank="clear"),
        "Photo_Url__c": Master("photo_url", blank="clear"),
        "Signed_Up_At__c": Master("signed_up_at"),
        "Connection_Status__c": Whether(TO_A_USER_HERE, then="Connected", otherwise="Not Connected"),
        "Connection_Status_Updated_At__c": StampedWith("Connection_Status__c"),
    },
    create="scheduled",
    cadence=Cadence(every="hour", at_least=timedelta(minutes=60), not_while=(LockFile("engage-post-processing.lock"),)),
    wanted=Wanted(TO_A_USER_HERE | (Resolves("Account__c") & TO_THE_COMPANY), otherwise="not_connected"),
    life=Life(
        ends_when=Is("state", "deleted"),
        merged_ends=True,
        then={"Display_Name__c": "Deleted User", "Connection_Status__c": "Deleted"},
        clears=True,
    ),
    private=("First_Name__c", "Last_Name__c", "Display_Name__c", "Degree__c", "Title__c", "Photo_Url__c"),
)
