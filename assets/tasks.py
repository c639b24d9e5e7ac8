"""Tasks of Outlook ⇄ Task: both sides agree, people's changes on either side reach the other, and then all is quiet."""

from datetime import timedelta

from pipelines.declaring.agreed_rules import Agreed, Related
from pipelines.declaring.both import BothWays, Days, Leave
from pipelines.declaring.cadence import Cadence
from pipelines.declaring.conditions import Filled, Holds, Is
from pipelines.declaring.elsewhere import OneOf, Records
from pipelines.declaring.entity import Entity, Target
from pipelines.declaring.gates import Gates, Limit
from pipelines.declaring.match import Same
from pipelines.declaring.source import Outlook

USERS = Records("User", "FederationIdentifier")
PEOPLE = OneOf((Records("Contact", "Id"), Records("Lead", "Id"), Records("Contact", "Email"), Records("Lead", "Email")))
UNSPOILED = {"formatting_kept": Is("bodyFormatted", "true"), "attachments_kept": Is("hasAttachments", "true")}

ENTITY = Entity(
    name="tasks",
    source=Outlook("tasks", collection="tasks"),
    target=Target("Task", key="Outlook_Id__c"),
    match=(Same("Subject", "ActivityDate", "OwnerId", blank=("ActivityDate",)),),
    fields={
        "Subject": Agreed("title"),
        "Description": Agreed("bodyText", keeps=UNSPOILED),
        "ActivityDate": Agreed("dueDateTime"),
        "Status": Agreed(
            "status",
            words={
                "notStarted": "Not Started",
                "inProgress": "In Progress",
                "completed": "Completed",
                "waitingOnOthers": "Waiting on someone else",
                "deferred": "Deferred",
            },
        ),
        "Priority": Agreed("importance", words={"low": "Low", "normal": "Normal", "high": "High"}),
        "OwnerId": Related("user", to=USERS, missing="skip"),
        "WhoId": Related("mentions", to=PEOPLE, first=True, missing="keep"),
        "WhatId": Related("linkedIds", to=OneOf((Records("Account", "Id"),)), first=True, missing="keep"),
    },
    create="scheduled",
    both=BothWays(
        window=Days("dueDateTime", "ActivityDate", past=30, ahead=365),
        leave=(
            Leave("private", row=Holds("categories", "Private"), record=("Is_Private__c",)),
            Leave("recurring", row=Filled("recurrence"), record=("IsRecurrence",)),
        ),
    ),
    gates=Gates(removals=Limit(share=0.05, count=20)),
    cadence=Cadence(every=timedelta(minutes=5), hours=(6, 22)),
    private=("Subject", "Description"),
)
