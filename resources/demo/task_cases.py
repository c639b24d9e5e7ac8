"""Which cases of tasks the demo plants in Outlook and in the CRM, and what the first syncs make of them.

A new case is a line here and a branch in `tasks.py`, where the two sides are made; what happens to some an hour later
is in `tasks_later.py`.
"""

from __future__ import annotations

from resources.demo.engage_cases import Lived

TWIN = "linked: same_Subject,_ActivityDate,_OwnerId"

TASKS = (
    # on one side alone
    Lived("in_outlook", "created", 0.20),
    Lived("in_crm", "created: in_source", 0.20),
    Lived("about_a_contact", "created", 0.05),
    Lived("about_an_account", "created", 0.02),
    # typed on both sides, long before there was a sync
    Lived("on_both", TWIN, 0.10),
    Lived("on_both_with_another_priority", TWIN, 0.02),
    Lived("twice_on_both", "held: ambiguous_match"),
    # left alone
    Lived("private_there", "skipped: private", 0.03),
    Lived("private_here", "skipped: private", 0.03),
    Lived("recurring", "skipped: recurring", 0.02),
    Lived("far_ahead", "skipped: outside_window", 0.02),
    Lived("long_ago", "skipped: outside_window", 0.02),
    # something happens to them later
    Lived("to_be_done_there", "created", 0.03, later="updated"),
    Lived("to_be_moved_here", "created: in_source", 0.03, later="updated: in_source"),
    Lived("to_be_in_conflict", "created", 0.02, later="updated: in_source"),
    Lived("to_change_on_both", "created", 0.01, later="updated: on_both_sides"),
    Lived("formatted", "created", 0.02, later="unchanged: formatting_kept"),
    Lived("formatted_and_moved", "created", 0.01, later="updated: in_source"),
    Lived("to_be_private", "created", 0.01, later="skipped: private"),
    Lived("to_be_deleted_there", "created", 0.01, later="skipped: deleted_in_source"),
    Lived("to_be_deleted_here", "created", 0.01, later="deleted: in_source"),
)


def task_counts(tasks: int) -> dict[str, int]:
    """How many tasks there are of each kind; whatever the number, one of each."""
    return {case.name: case.count(tasks) for case in TASKS}
