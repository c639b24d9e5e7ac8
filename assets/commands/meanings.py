"""What each outcome and reason means to a person, and what to do about it.

A reason that stands nowhere here is an error code of Salesforce; it is shown as it is.
"""

from __future__ import annotations

NOT_IN_CRM = "no record yet; see `concord missing {entity}`"

MEANINGS = {
    "created": "a new record",
    "updated": "cells that differed",
    "unchanged": "in accord",
    "linked": "found without a key, which it has now",
    "deactivated": "only the status",
    "deleted": "gone on both sides, as the declaration wants it",
    # created, updated
    "in_source": "in Outlook",
    "on_both_sides": "some cells in Outlook, others in the CRM",
    # deleted
    "in_crm": "deleted in Outlook, and nobody had changed it in the CRM",
    "with_its_pair": "deleted on one side, and nobody had changed it on the other",
    # unchanged
    "formatting_kept": "the text in Outlook is formatted, and is not overwritten",
    "attachments_kept": "it has attachments in Outlook, and its text is not overwritten",
    "with_others": "a meeting with others, which is never changed in Outlook",
    "longer_there": "the text in Outlook is longer than the field, and is not overwritten",
    "full_there": "Outlook has no room for one more beside those that are there",
    "no_counterpart": "a value that Outlook has no word for",
    "prevented": "the declaration prevents this on that side",
    "source_unchanged": "the source says what it said last time",
    # updated
    "reactivated": "it was over and is there again: the same record goes on",
    "without_link": "its record was deleted: the link to it was taken away in Outlook",
    # linked
    "merged": "merged with another row of the source",
    "rekeyed_to_survivor": "merged in the source; its record went to the survivor",
    # deactivated
    "ended": "over in the source: the record stays and shows it",
    "duplicate_of_survivor": "merged in the source, and both have a record: look at merging them",
    # skipped
    "not_in_crm": NOT_IN_CRM,
    "inactive": "not active in the source, so never created",
    "missing_institution": "its institution has no record; see `concord missing accounts`",
    "not_connected": "nobody is connected to it for whom it would need a record",
    "missing_user": "no user of the org goes by that name",
    "missing_kind": "a kind that the declaration has no record type for",
    "missing_profile": "its profile has no record",
    "repeated": "the service told the row again while it was read; the newest counts",
    "do_not_update": "a person froze the record, or its place in the hierarchy",
    "deleted_in_crm": "deleted by people; back by `concord release {entity} --keys FILE`",
    "deleted_in_source": "people deleted it in Outlook; the record stays as it is",
    "private": "private on one side: left alone on both",
    "recurring": "one of a series: left alone on both sides",
    "whole_day": "a whole day: left alone on both sides",
    "cancelled": "cancelled in Outlook: left alone on both sides",
    "outside_window": "outside of the days that are synced: left alone on both sides",
    "not_related": "it refers to no record of the CRM, as it would have to",
    "no_mailbox": "its owner has no mailbox that can be read",
    "other_owner": "the record belongs to somebody else than the mailbox: left alone on both sides",
    # held
    "gate": "nothing is written until somebody approves this plan",
    "ambiguous_match": "several could be meant; put the key on the right record",
    "paired_already": "another item has it; `concord release {entity} --keys FILE`",
    "likely_twin": "probably there already; put the key on the twin, or import it by --keys",
    "duplicate_key": "the key is there more than once, or in spellings that case alone tells apart",
    "older_than_known": "older than known; taken by `concord release {entity} --keys FILE`",
    "duplicate_key_in_crm": "several records carry the key",
    "conflicting_link": "another record than the linked one carries the key now",
    "rekeyed_in_crm": "somebody gave the linked record another key",
    "merged_in_crm": "the record was merged into one with another key",
    "shared_record": "people merged several rows' records into one; put the key on it",
    "merge_circle": "mergers in the source that lead back to themselves",
    "merge_survivor_unknown": "merged into a row that the feed does not have",
    "ambiguous_merge": "several records claim the survivor",
    "parent_circle": "a chain of parents that leads back to itself",
    "quarantined": "failed too often; rests until it changes, or `concord release {entity}`",
    "conflict": "changed on both sides, and a person decides: make them alike on one of them",
    "excepted": "left out by a person; back by `concord release {entity} --keys FILE`",
    # failed: the row
    "blank_key": "no key",
    "required_blank": "a required column is blank",
    "unknown_status": "a status that the declaration does not know",
    "unknown_word": "a word that the declaration does not know",
    "invalid_date": "not a date",
    "invalid_number": "not a number",
    "invalid_boolean": "neither true nor false",
    "invalid_email": "not an e-mail address",
    "time_in_future": "over a day ahead: mend the column that `concord errors {entity}` names",
    "too_long": "longer than the field",
    "invalid_character": "a NUL character",
    "ragged_row": "more or fewer columns than the header",
    "bad_quote": "a quote that does not close",
    "not_utf8": "not UTF-8",
    "not_an_object": "no object with columns",
    # failed: the run
    "changed_meanwhile": "somebody changed the record just before it was written; the next run looks again",
    "gone": "deleted in Outlook just before it was written; the next run looks again",
    "lost_answer": "no answer came; read again by the next run",
    "not_sent": "the run stopped before it was sent",
    "survivor_not_written": "waits until its survivor is written",
}

WHYS = {
    "changed_there": "changed in Outlook",
    "changed_here": "changed in the CRM",
    "blank_there": "blank in Outlook so far",
    "blank_here": "blank in the CRM so far",
    "conflict_crm_wins": "changed on both sides: the CRM's counts",
    "conflict_source_wins": "changed on both sides: Outlook's counts",
    "conflict_newest_wins": "changed on both sides: the later counts",
    "conflict": "changed on both sides: a person decides",
    "not_there": "not in Outlook yet",
    "not_here": "not in the CRM yet",
    "deleted_there": "deleted in Outlook, unchanged in the CRM",
    "deleted_here": "deleted in the CRM, unchanged in Outlook",
    "unlinked": "its link leads to a record that was deleted",
    "related": "the task speaks of it, and nobody chose another",
    "key": "by this it is found again",
}
"""Why a cell of a two-way entity goes to a side."""

NEVER_THERE = "over in the source before it had a record"


def meaning(outcome: str, reason: str | None, entity: str) -> str:
    """A few words, or none."""
    if outcome == "skipped" and reason == "ended":
        return NEVER_THERE
    if reason and reason.startswith("status_"):
        return f"the source says {reason.removeprefix('status_').upper()}"
    if reason and reason.startswith("same_"):
        return f"{MEANINGS['linked']}: {reason.replace('_', ' ').replace(' ,', ',')}"
    if reason and reason.startswith("missing_") and reason not in MEANINGS:
        return f"its {reason.removeprefix('missing_')} has no record"
    if reason and reason not in MEANINGS and outcome == "failed":
        return f"refused by the org; see `concord errors {entity}`"
    return MEANINGS.get(reason or outcome, "").format(entity=entity)


def why_in_words(code: str | None) -> str:
    """A few words about a cell of a two-way entity; a code that is unknown, as it is."""
    return WHYS.get(code or "", code or "")
