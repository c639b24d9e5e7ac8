"""Institutions of the directory → Account. Scheduled runs never create one; people import what is missing."""

from pipelines.declaring.entity import Entity, Freeze, Target, Twins
from pipelines.declaring.rules import Constant, FillEmpty, Master, Reference, SourceStatus, SyncedAt
from pipelines.declaring.source import Feed

ENTITY = Entity(
    name="accounts",
    source=Feed("institutions", key="institution_id", required=("name",)),
    target=Target("Account", key="Source_Key__c"),
    fields={
        "Name": Master("name"),
        "Type": FillEmpty("type"),
        "ParentId": Reference("parent_id", to="accounts", missing="keep", hierarchy=True),
        "BillingStreet": Master("street"),
        "BillingCity": Master("city"),
        "BillingState": Master("state"),
        "BillingPostalCode": Master("postal_code"),
        "BillingCountry": Master("country"),
        "Source_County__c": Master("county"),
        "Phone": FillEmpty("phone"),
        "Website": FillEmpty("website"),
        "NumberOfEmployees": Master("enrollment"),
        "Source_Status__c": SourceStatus("status", known=("A", "C", "U"), merged="C"),
        "Source_Synced_At__c": SyncedAt(),
        "Created_By_Source__c": Constant("true"),
    },
    create="on_request",
    freeze=Freeze(mapped="Do_Not_Update__c", hierarchy="Do_Not_Update_Hierarchy__c"),
    twins=Twins(name="Name", places=("BillingPostalCode", "BillingCity", "Website")),
)
