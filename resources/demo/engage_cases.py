"""Which cases of profiles and connections the demo plants, and what the first syncs make of them.

A new case is a line here and a branch where its rows are made (`profiles.py`, `connections.py`). What happens later to
some is in `engage_later.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from resources.demo.cases import Case


@dataclass(frozen=True, slots=True)
class Lived(Case):
    """A case with a life: what syncs make of it an hour `later`, and two (`at_last`); blank where nothing changes."""

    later: str = ""
    at_last: str = ""


PROFILES = (
    # connected to a user of the org
    Lived("doctor", "created", 0.05),
    Lived("assistant", "created", 0.05),
    Lived("several_accounts", "created", 0.03),
    Lived("without_account", "created", 0.03),
    Lived("account_unknown", "created", 0.03),
    # connected only to users of the company in another org, or to nobody
    Lived("through_the_company", "created", 0.06),
    Lived("account_unknown_through_the_company", "skipped: not_connected", 0.04),
    Lived("connected_to_nobody", "skipped: not_connected", 0.05),
    Lived("connections_ended", "skipped: not_connected", 0.03),
    # over before they were ever synced
    Lived("deleted", "skipped: ended", 0.02),
    Lived("merged", "skipped: ended", 0.01),
    Lived("merged_nowhere", "skipped: ended"),
    Lived("merged_into_itself", "held: merge_circle"),
    Lived("merged_in_circle", "held: merge_circle", least=2, paired=True),
    # something happens to them later
    Lived("to_be_promoted", "created", 0.01, later="updated"),
    Lived("to_move", "created", 0.01, later="updated"),
    Lived("to_be_deleted", "created", 0.01, later="deactivated: ended"),
    Lived("to_be_merged", "created", 0.005, later="deactivated: ended"),
    Lived("to_get_in_touch", "skipped: not_connected", 0.005, later="created"),
    Lived("to_lose_touch", "created", 0.005, later="updated", at_last="updated"),
    # names that are hard on software
    Lived("emoji", "created"),
    Lived("accents", "created"),
    Lived("quotes", "created"),
    Lived("line_break", "created"),
    Lived("formula", "created"),
    Lived("longest_name", "created"),
    # rows that cannot be used
    Lived("name_too_long", "failed: too_long", least=2, later="created"),
    Lived("kind_unknown", "skipped: missing_kind"),
    Lived("kind_blank", "failed: required_blank"),
    Lived("date_invalid", "failed: invalid_date"),
    Lived("from_the_future", "failed: time_in_future"),
)

IN_TOUCH = "in_touch"
"""Whatever profile is left: one account of the org, and connected to users of the org."""

CONNECTIONS: Mapping[str, Lived] = MappingProxyType(
    {
        case.name: case
        for case in (
            Lived("active", "created"),
            Lived("ended", "skipped: ended"),
            Lived("user_elsewhere", "skipped: missing_user"),
            Lived("user_blank", "failed: required_blank"),
            Lived("profile_unknown", "skipped: missing_profile"),
            Lived("of_one_not_synced", "skipped: missing_profile"),
            Lived("of_one_that_is_over", "skipped: ended"),
            Lived("from_the_future", "failed: time_in_future"),
            Lived("to_end_and_come_back", "created", later="deactivated: ended", at_last="updated: reactivated"),
            Lived("to_come_back", "skipped: ended", later="created"),
            Lived("of_one_to_be_over", "created", later="deactivated: ended"),
            Lived("of_one_to_be_mended", "skipped: missing_profile", later="created"),
        )
    }
)
"""By name. How many there are of each follows from the profiles."""


def profile_counts(rows: int) -> dict[str, int]:
    """How many profiles each case gets; the rest is in touch. ValueError if there is no room for all cases."""
    planned = {case.name: case.count(rows) for case in PROFILES}
    rest = rows - sum(planned.values())
    if rest < rows // 4:
        raise ValueError(f"{rows} profiles are too few to plant every case: at least {2 * sum(planned.values())}")
    return planned | {IN_TOUCH: rest}
