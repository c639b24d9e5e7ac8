"""People of the directory → Contact: created where their account exists, found by e-mail or name before that."""

from pipelines.declaring.entity import Entity, Freeze, Target
from pipelines.declaring.match import Same
from pipelines.declaring.rules import Constant, FillEmpty, Master, Reference, SourceStatus, SyncedAt
from pipelines.declaring.source import Feed

ENTITY = Entity(
    name="personnel",
    source=Feed("personnel", key="person_id", required=("institution_id", "last_name")),
    target=Target("Contact", key="Source_Key__c"),
    match=(Same("Email"), Same("LastName", "FirstName", "AccountId")),
    fields={
        "AccountId": Reference("institution_id", to="accounts", missing="skip", hierarchy=True),
        "FirstName": Master("first_name"),
        "LastName": Master("last_name"),
        "Title": FillEmpty("title"),
        "Department": FillEmpty("department"),
        "Email": Master("email", clears_when=("I",)),
        "Phone": FillEmpty("phone"),
        "Source_Status__c": SourceStatus("status", known=("A", "I", "U"), merged="I"),
        "Source_Synced_At__c": SyncedAt(),
        "Created_By_Source__c": Constant("true"),
    },
    create="scheduled",
    freeze=Freeze(mapped="Do_Not_Update__c", hierarchy="Do_Not_Update_Hierarchy__c"),
    private=("FirstName", "LastName", "Title", "Department", "Email", "Phone"),
)
