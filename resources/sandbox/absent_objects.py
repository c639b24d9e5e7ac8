"""Objects that every org of Salesforce has and this one has not: whoever names one hears that it is not emulated.

An object that is not listed here is refused as in an org that has none of that name.
"""

from __future__ import annotations

from .endpoint import Answer, Call, not_emulated
from .errors import ApiError, not_found

_NAMES = """
    AccountContactRelation AccountContactRole AccountHistory AccountShare AccountTeamMember ActivityHistory
    ApexClass ApexTrigger Asset AsyncApexJob Attachment BusinessHours Campaign CampaignMember Case CaseComment
    ContactHistory ContactPointEmail ContactPointPhone ContactShare ContentDocument ContentDocumentLink
    ContentVersion Contract CronTrigger Dashboard Document DuplicateRecordItem DuplicateRecordSet DuplicateRule
    EmailMessage EmailTemplate EntityDefinition EventRelation FeedItem FieldDefinition FieldPermissions Folder
    Group GroupMember Individual LeadHistory LeadShare LeadStatus ListView LoginHistory MatchingRule Note
    NoteAndAttachment ObjectPermissions OpenActivity Opportunity OpportunityContactRole OpportunityHistory
    OpportunityLineItem OpportunityStage Order OrderItem PermissionSet PermissionSetAssignment PicklistValueInfo
    Pricebook2 PricebookEntry Product2 QueueSobject Quote RecentlyViewed RelationshipInfo Report SetupAuditTrail
    Solution TaskPriority TaskRelation TaskStatus Topic TopicAssignment UserLicense UserRecordAccess UserRole
"""
_BY_LOWER_NAME = {name.lower(): name for name in _NAMES.split()}
_RESOURCES = frozenset({"relevantitems"})
"""What may stand in the place of an object's name in a path."""
OF_AN_OBJECT = frozenset(
    {
        *("approvallayouts", "blobfield", "compactlayouts", "defaultvalues", "describe", "listviews", "namedlayouts"),
        *("quickactions", "richtextimagefields"),
    }
)
"""What may follow an object's name in a path besides an id and a key field."""


def remark(name: str) -> str:
    """What is added to the refusal of that name; nothing unless Salesforce knows it."""
    found = _BY_LOWER_NAME.get(name.lower())
    return "" if found is None else f" ({found} is an object of Salesforce that is not emulated by this sandbox)"


def absent(call: Call) -> Answer:
    """Handles what a real org would."""
    raise not_emulated(call.method, call.path)


def no_such_object(name: str) -> ApiError:
    """The refusal of a path in which that name stands where an object's should."""
    missing = "The requested resource does not exist"
    if name.lower() in _RESOURCES:
        return not_found(f"{missing} (sobjects/{name} is not emulated by this sandbox)")
    return not_found(f"{missing}{remark(name)}")
