"""Events of the Outlook calendar ⇄ Event: single ones, that nobody else was invited to or is told of by a change.

Series and whole days are left alone. A meeting with others is told to the CRM and never changed in Outlook, as every
change there would be sent to all who were invited, or is not the guest's to make. Every field of it is kept, and so it
would not be deleted either if `prevent` allowed that; as shipped, nothing is deleted there.
"""

from datetime import timedelta

from pipelines.declaring.agreed_rules import Agreed, Related
from pipelines.declaring.both import BothWays, Days, Leave
from pipelines.declaring.cadence import Cadence
from pipelines.declaring.conditions import Filled, Is
from pipelines.declaring.elsewhere import OneOf, Records
from pipelines.declaring.entity import Entity, Target
from pipelines.declaring.gates import Gates, Limit
from pipelines.declaring.match import Same
from pipelines.declaring.source import Outlook

USERS = Records("User", "FederationIdentifier")
PEOPLE = OneOf((Records("Contact", "Id"), Records("Lead", "Id"), Records("Contact", "Email"), Records("Lead", "Email")))
WITH_OTHERS = {"with_others": Filled("attendees") | ~Is("isOrganizer", "true")}  # guests may not see who else comes
UNSPOILED = {"formatting_kept": Is("bodyFormatted", "true"), "attachments_kept": Is("hasAttachments", "true")}

ENTITY = Entity(
    name="events",
    source=Outlook("events", collection="events", required=("start", "end")),
    target=Target("Event", key="Outlook_Id__c"),
    match=(Same("Subject", "StartDateTime", "OwnerId"),),
    fields={
        "Subject": Agreed("subject", keeps=WITH_OTHERS),
        "StartDateTime": Agreed("start", keeps=WITH_OTHERS),
        "EndDateTime": Agreed("end", keeps=WITH_OTHERS),
        "Location": Agreed("location", keeps=WITH_OTHERS),
        "Description": Agreed("bodyText", keeps={**WITH_OTHERS, **UNSPOILED}),
        "ShowAs": Agreed("showAs", words={"busy": "Busy", "oof": "OutOfOffice", "free": "Free"}, keeps=WITH_OTHERS),
        "OwnerId": Related("user", to=USERS, missing="skip"),
        "WhoId": Related("mentions", to=PEOPLE, first=True, missing="keep"),
        "WhatId": Related("linkedIds", to=OneOf((Records("Account", "Id"),)), first=True, missing="keep"),
    },
    create="scheduled",
    both=BothWays(
        prevent={"crm": ("delete",), "source": ("delete",)},
        window=Days("start", "StartDateTime", past=30, ahead=365),
        together=(("StartDateTime", "EndDateTime"),),
        leave=(
            Leave("private", row=~Is("sensitivity", "normal"), record=("IsPrivate",)),
            Leave("recurring", row=~Is("type", "singleInstance"), record=("IsRecurrence",)),
            Leave("whole_day", row=Is("isAllDay", "true"), record=("IsAllDayEvent",)),
            Leave("cancelled", row=Is("isCancelled", "true")),
        ),
    ),
    gates=Gates(removals=Limit(share=0.05, count=20)),
    cadence=Cadence(every=timedelta(minutes=5), hours=(6, 22)),
    private=("Subject", "Location", "Description"),
)
