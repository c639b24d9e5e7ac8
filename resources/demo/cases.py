"""Which cases the demo plants, how many of each, and what a first sync makes of them.

A new case is a line here and a branch where its rows are made (`institutions.py`, `people.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Case:
    """`share` of all rows and at least `least`, in multiples of `least` where cases come in pairs (`paired`)."""

    name: str
    outcome: str
    share: float = 0.0
    least: int = 1
    paired: bool = False

    def count(self, rows: int) -> int:
        count = max(self.least, round(self.share * rows))
        return count + count % 2 if self.paired else count


INSTITUTIONS = (
    # in the CRM with their key, in accord
    Case("district", "unchanged", 0.06, least=4),
    Case("edited_phone", "unchanged", 0.03),
    Case("edited_website", "unchanged", 0.01),
    Case("blank_in_source", "unchanged", 0.02),
    Case("blank_on_both_sides", "unchanged", 0.01),
    Case("closed_long_ago", "unchanged", 0.01),
    Case("untrimmed", "unchanged", 0.005),
    # … and not
    Case("stale_name", "updated", 0.02),
    Case("stale_address", "updated", 0.03),
    Case("stale_enrollment", "updated", 0.025),
    Case("blank_phone_in_crm", "updated", 0.02),
    Case("blank_website_in_crm", "updated", 0.015),
    Case("moved_district", "updated", 0.01),
    Case("reopened", "updated", 0.003),
    Case("closed", "deactivated: status_c", 0.01),
    Case("unlicensed", "deactivated: status_u", 0.005),
    Case("do_not_update", "skipped: do_not_update", 0.005),
    Case("do_not_update_hierarchy", "skipped: do_not_update", 0.005),
    # mergers: the survivor has a record, has none, or neither has
    Case("merged_into_known", "deactivated: duplicate_of_survivor", 0.003),
    Case("merged_into_new", "linked: rekeyed_to_survivor", 0.003),
    Case("survivor_new", "linked: merged", 0.003),
    Case("merged_nowhere_in_crm", "skipped: merged", 0.002),
    # missing from the CRM
    Case("missing", "skipped: not_in_crm", 0.04, least=4),
    Case("missing_district", "skipped: not_in_crm", 0.002, least=2),
    Case("missing_in_missing_district", "skipped: not_in_crm", 0.01, least=4),
    Case("missing_with_twin", "skipped: not_in_crm", 0.004),
    Case("missing_closed", "skipped: inactive", 0.003),
    Case("missing_in_circle", "held: parent_circle", least=2, paired=True),
    # names that are hard on software, in the CRM under a plain one
    Case("emoji", "updated"),
    Case("accents", "updated"),
    Case("quotes", "updated"),
    Case("line_break", "updated"),
    Case("formula", "updated"),
    Case("longest_name", "updated"),
    # rows that cannot be used, or not wholly
    Case("name_too_long", "failed: too_long"),
    Case("name_blank", "failed: required_blank"),
    Case("key_blank", "failed: blank_key"),
    Case("key_twice", "held: duplicate_key", least=2, paired=True),
    Case("status_unknown", "failed: unknown_status"),
    Case("date_invalid", "failed: invalid_date"),
    Case("number_invalid", "failed: invalid_number"),
    Case("parent_nowhere", "unchanged", least=2),
    Case("in_circle", "held: parent_circle", least=2, paired=True),
)

PEOPLE = (
    Case("edited_title", "unchanged", 0.03),
    Case("edited_phone", "unchanged", 0.02),
    Case("blank_in_source", "unchanged", 0.02),
    Case("blank_on_both_sides", "unchanged", 0.01),
    Case("inactive_long_ago", "unchanged", 0.02),
    Case("untrimmed", "unchanged", 0.002),
    Case("doubled_in_crm", "unchanged", 0.005),
    Case("stale_name", "updated", 0.02),
    Case("stale_email", "updated", 0.03),
    Case("moved", "updated", 0.03),
    Case("blank_title_in_crm", "updated", 0.03),
    Case("blank_phone_in_crm", "updated", 0.02),
    Case("inactive", "deactivated: status_i", 0.01),
    Case("inactive_without_email", "deactivated: status_i", 0.005),
    Case("unlicensed", "deactivated: status_u", 0.002),
    Case("do_not_update", "skipped: do_not_update", 0.003),
    Case("do_not_update_hierarchy", "skipped: do_not_update", 0.003),
    Case("merged_into_known", "deactivated: duplicate_of_survivor", 0.001),
    Case("merged_into_new", "linked: rekeyed_to_survivor", 0.001),
    Case("survivor_new", "linked: merged", 0.001),
    # not in the CRM
    Case("new", "created", 0.10),
    Case("new_inactive", "skipped: inactive", 0.005),
    Case("at_missing_institution", "skipped: missing_institution", 0.05),
    Case("at_no_institution", "skipped: missing_institution", 0.0005),
    # in the CRM without their key
    Case("keyless_by_email", "linked: same_Email", 0.01),
    Case("keyless_by_name", "linked: same_LastName,_FirstName,_AccountId", 0.01),
    Case("two_records_with_the_email", "held: ambiguous_match", 0.001),
    Case("two_records_with_the_name", "held: ambiguous_match", 0.001),
    Case("two_rows_with_the_email", "held: ambiguous_match", 0.001, least=2, paired=True),
    # names and titles that are hard on software
    Case("emoji", "created"),
    Case("accents", "created"),
    Case("quotes", "created"),
    Case("line_break", "created"),
    Case("formula", "created"),
    Case("longest_name", "created"),
    # rows that cannot be used
    Case("email_invalid", "failed: invalid_email", 0.0002, least=2),
    Case("name_too_long", "failed: too_long"),
    Case("name_blank", "failed: required_blank"),
    Case("institution_blank", "failed: required_blank"),
    Case("key_blank", "failed: blank_key"),
    Case("key_twice", "held: duplicate_key", least=2, paired=True),
    Case("status_unknown", "failed: unknown_status"),
    Case("date_invalid", "failed: invalid_date"),
)

BOTH_SIDES = Case("in_accord", "unchanged")
"""Whatever is left: the source and the CRM say the same."""


def counts(cases: Sequence[Case], rows: int) -> dict[str, int]:
    """How many rows each case gets; the rest is in accord. ValueError if there is no room for all cases."""
    planted = {case.name: case.count(rows) for case in cases}
    for name in ("merged_into_new", "survivor_new"):
        planted[name] = planted["survivor_new"]
    rest = rows - sum(planted.values())
    if rest < rows // 3:
        raise ValueError(
            f"{rows} rows are too few to plant every case: at least {2 * sum(planted.values())} are needed"
        )
    return planted | {BOTH_SIDES.name: rest}
