"""Activities: tasks and events, which have the fields of `Activity` in common, custom ones among them.

Event and its properties are as recorded; Task has no public recording: its fields are those of Salesforce's object
reference, with the properties of their likes on Event. What the org keeps of them itself is in `tasks`, `event_times`
and `activity_links`.
"""

from __future__ import annotations

from dataclasses import replace

from .field_kinds import (
    always_set,
    audit,
    checkbox,
    chosen,
    combobox,
    date,
    deleted_flag,
    integer,
    long_text,
    lookup,
    moment,
    outlook_fields,
    owner,
    picklist,
    record_id,
    sobject,
    system,
    text,
)  # fmt: skip
from .schema import FieldDef, SObjectDef

ACTIVITY = "Activity"
"""Where an administrator defines a custom field of Task and Event: it is on both, and so is the right to see it."""

ACTIVITIES = ("Task", "Event")

_DAYS_AND_MONTHS = {
    "RecurrenceType": ("RecursDaily", "RecursEveryWeekday", "RecursMonthly", "RecursMonthlyNth", "RecursWeekly",
                       "RecursYearly", "RecursYearlyNth"),
    "RecurrenceInstance": ("First", "Second", "Third", "Fourth", "Last"),
    "RecurrenceMonthOfYear": ("January", "February", "March", "April", "May", "June", "July", "August", "September",
                              "October", "November", "December"),
}  # fmt: skip


def sharing(sobject: str) -> tuple[str, ...]:
    """The objects that have a custom field if this one has it; the same users see their fields of one name."""
    return ACTIVITIES if sobject in (ACTIVITY, *ACTIVITIES) else (sobject,)


def task() -> SObjectDef:
    return sobject(
        "Task", "Task", "Tasks", "00T",
        [
            record_id("Activity ID"),
            *_links("Tasks"),
            combobox("Subject", "Subject", "Call", "Send Letter", "Send Quote", "Other", name_field=True,
                     permissionable=False),
            date("ActivityDate", "Due Date Only"),
            chosen("Status", "Status", "Not Started", "In Progress", "Completed", "Waiting on someone else", "Deferred",
                   default="Not Started", permissionable=False),
            chosen("Priority", "Priority", "High", "Normal", "Low", default="Normal", permissionable=False),
            system(always_set(checkbox("IsHighPriority", "High Priority"))),
            owner("Assigned To ID", "Group"),
            long_text("Description", "Description"),
            deleted_flag(),
            _account(),
            system(checkbox("IsClosed", "Closed")),
            *audit(),
            system(checkbox("IsArchived", "Archived")),
            integer("CallDurationInSeconds", "Call Duration"),
            picklist("CallType", "Call Type", "Internal", "Inbound", "Outbound", length=40, restricted=True),
            text("CallDisposition", "Call Result"),
            text("CallObject", "Call Object Identifier"),
            *_reminder(),
            *_recurrence("Task", date("RecurrenceStartDateOnly", "Recurrence Start", permissionable=False)),
            picklist("RecurrenceRegeneratedType", "Repeat This Task", "RecurrenceRegenerateAfterDueDate",
                     "RecurrenceRegenerateAfterToday", "RecurrenceRegenerated", length=40, restricted=True,
                     permissionable=False),
            picklist("TaskSubtype", "Task Subtype", "Task", "Email", "ListEmail", "Cadence", "Call", length=40,
                     restricted=True, updateable=False, default="Task", permissionable=False),
            system(moment("CompletedDateTime", "Completed Date")),
            *outlook_fields(),
        ],
    )  # fmt: skip


def event() -> SObjectDef:
    return sobject(
        "Event", "Event", "Events", "00U",
        [
            record_id("Activity ID"),
            *_links("Events"),
            combobox("Subject", "Subject", "Call", "Email", "Meeting", "Send Letter/Quote", "Other", name_field=True,
                     permissionable=False),
            text("Location", "Location"),
            checkbox("IsAllDayEvent", "All-Day Event"),
            moment("ActivityDateTime", "Due Date Time", permissionable=False),
            date("ActivityDate", "Due Date Only", permissionable=False),
            integer("DurationInMinutes", "Duration", permissionable=False),
            moment("StartDateTime", "Start Date Time", permissionable=False),
            moment("EndDateTime", "End Date Time", permissionable=False),
            system(date("EndDate", "End Date")),
            long_text("Description", "Description"),
            _account(),
            owner("Assigned To ID", "Calendar"),
            checkbox("IsPrivate", "Private", permissionable=False),
            picklist("ShowAs", "Show Time As", "Busy", "OutOfOffice", "Free", length=40, restricted=True,
                     default="Busy", defaulted_on_create=True, permissionable=False),
            deleted_flag(),
            system(checkbox("IsChild", "Is Child")),
            system(checkbox("IsGroupEvent", "Is Group Event")),
            system(picklist("GroupEventType", "Group Event Type", "0", "1", "2", "3", length=40, restricted=True,
                            default="0", defaulted_on_create=True)),
            *audit(),
            system(checkbox("IsArchived", "Archived")),
            *_recurrence("Event", moment("RecurrenceStartDateTime", "Recurrence Start", permissionable=False)),
            *_reminder(),
            picklist("EventSubtype", "Event Subtype", "Event", length=40, restricted=True, updateable=False,
                     default="Event", permissionable=False),
            *outlook_fields(),
        ],
    )  # fmt: skip


def _links(children: str) -> list[FieldDef]:
    """Whom an activity is with, and what it is about; it goes with either."""
    return [
        lookup("WhoId", "Name ID", "Contact", "Lead", children=children, cascade_delete=True),
        lookup("WhatId", "Related To ID", to_activities=True, children=children, cascade_delete=True),
    ]


def _account() -> FieldDef:
    return system(lookup("AccountId", "Account ID", "Account"))


def _reminder() -> list[FieldDef]:
    return [
        moment("ReminderDateTime", "Reminder Date/Time", permissionable=False),
        checkbox("IsReminderSet", "Reminder Set", permissionable=False),
    ]


def _recurrence(sobject: str, start: FieldDef) -> list[FieldDef]:
    """What describes a series; none can be made (see `activity_links`)."""
    choices = [
        picklist(name, f"Recurrence {label}", *_DAYS_AND_MONTHS[name], length=40, restricted=True, permissionable=False)
        for name, label in (
            ("RecurrenceType", "Type"), ("RecurrenceInstance", "Instance"), ("RecurrenceMonthOfYear", "Month of Year")
        )
    ]  # fmt: skip
    return [
        system(
            replace(
                lookup("RecurrenceActivityId", "Recurrence Activity ID", sobject, children=f"Recurring{sobject}s"),
                relationship_name=None,
            )
        ),
        checkbox("IsRecurrence", f"Create Recurring Series of {sobject}s", updateable=False, permissionable=False),
        start,
        date("RecurrenceEndDateOnly", "Recurrence End", permissionable=False),
        text("RecurrenceTimeZoneSidKey", "Recurrence Time Zone", 40, permissionable=False),
        integer("RecurrenceInterval", "Recurrence Interval", 9, permissionable=False),
        integer("RecurrenceDayOfWeekMask", "Recurrence Day of Week Mask", 9, permissionable=False),
        integer("RecurrenceDayOfMonth", "Recurrence Day of Month", 9, permissionable=False),
        *choices,
    ]
