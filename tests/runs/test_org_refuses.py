"""What an org may refuse to a run: it stops with a clear error, blames no row, and the next run goes on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from assets.accounts import ENTITY as ACCOUNTS
from pipelines.run import Request, Stopped
from pipelines.sync import Sync
from pipelines.telling.report import Report
from resources.world import world_of
from tests.runs.place import HASTY, Place, Row, run_id

COLLECTIONS = "/composite/sobjects$"


@pytest.fixture
def known(here: Place, request: pytest.FixtureRequest) -> Iterator[str]:
    """The prefix of three accounts that the org has under old names and the feed under new ones."""
    prefix = str(abs(hash(request.node.name)) % 10**8)
    here.org.seed("Account", [{"Source_Key__c": f"{prefix}-{n}", "Name": "Old"} for n in range(3)])
    here.feed("institutions", rows(prefix))
    yield prefix
    here.org.reset()


def rows(prefix: str) -> list[Row]:
    return [{"institution_id": f"{prefix}-{n}", "name": f"New {n}", "county": "Kent"} for n in range(3)]


def names(here: Place, prefix: str) -> list[object]:
    return [record["Name"] for key, record in here.records("Account").items() if key.startswith(prefix)]


def stopped(here: Place, trouble: object) -> Report:
    """The report of a run for which trouble begins once it has its plan."""
    with (
        world_of(here.settings(), "accounts", patience=HASTY) as world,
        Sync(ACCOUNTS, world, Request(run_id=run_id())) as sync,
    ):
        sync.request = Request(run_id=run_id(), approve=sync.prepare().hash)
        assert callable(trouble)
        trouble()
        return sync.carry_out()


def blamed(here: Place) -> int:
    return int(here.ask("accounts", "select coalesce(sum(failures), 0) from state")[0][0])


def goes_on(here: Place, prefix: str) -> None:
    """Once all is well, a run does what was left."""
    here.org.reset()
    assert here.run("accounts", approved=True).status == "success"
    assert names(here, prefix) == ["New 0", "New 1", "New 2"]


def test_wrong_credentials_are_told_without_them(here: Place, known: str) -> None:
    wrong = here.settings(salesforce_client_secret="hunter2")
    with (
        world_of(wrong, "accounts", patience=HASTY) as world,
        Sync(ACCOUNTS, world, Request(run_id="r1")) as sync,
        pytest.raises(Stopped) as caught,
    ):
        sync.prepare()
    report = caught.value.report
    assert (report.status, report.error) == ("failure", "INVALID_CREDENTIALS")
    assert "hunter2" not in str(report)
    assert here.ask("accounts", "select run_id, status from runs") == [("r1", "failure")]
    goes_on(here, known)


@pytest.mark.parametrize(
    "rights, text",
    [
        pytest.param(
            {"read": False, "edit": False},
            "accounts: Account.Source_County__c: the org has no such field, or this user may not see it; "
            "create it or grant Read and Edit",
            id="missing",
        ),
        pytest.param(
            {"edit": False},
            "accounts: Account.Source_County__c: this user may not write it; "
            "grant Edit on the field, or leave it out of the declaration",
            id="not writable",
        ),
    ],
)
def test_a_field_that_does_not_fit_is_named_before_anything_is_read(
    here: Place, known: str, rights: dict[str, bool], text: str
) -> None:
    here.org.do("permissions", {"sobject": "Account", "field": "Source_County__c", "rights": rights})
    report = here.run("accounts")
    assert (report.status, report.error, report.message) == ("failure", "declaration_misfit", text)
    goes_on(here, known)


def test_a_field_that_stops_being_writable_in_mid_run_blames_no_row(here: Place, known: str) -> None:
    report = stopped(
        here,
        lambda: here.org.do(
            "permissions", {"sobject": "Account", "field": "Source_County__c", "rights": {"edit": False}}
        ),
    )
    assert report.status == "failure"
    assert blamed(here) == 0
    goes_on(here, known)


def test_a_session_that_expires_in_mid_run_is_renewed(here: Place, known: str) -> None:
    report = stopped(here, lambda: here.org.faults({"path": COLLECTIONS, "action": "expire"}))
    assert (report.status, report.outcomes) == ("success", {"updated": 3})
    assert names(here, known) == ["New 0", "New 1", "New 2"]


def test_the_daily_limit_reached_in_mid_run_ends_it(here: Place, known: str) -> None:
    report = stopped(here, lambda: here.org.do("limits", {"daily": 1, "used": 1}))
    assert (report.status, report.error) == ("failure", "REQUEST_LIMIT_EXCEEDED")
    assert report.reasons == {"failed: not_sent": 3}
    assert blamed(here) == 0
    goes_on(here, known)


def test_an_org_out_of_reach_from_the_start_is_told(here: Place, known: str) -> None:
    here.org.faults({"path": "/services/", "action": "drop", "times": 1000})
    report = here.run("accounts")
    assert (report.status, report.error) == ("failure", "UNREACHABLE")
    goes_on(here, known)


def test_an_org_that_goes_away_in_mid_run_leaves_nothing_unknown_for_long(here: Place, known: str) -> None:
    # the first call asks what others did meanwhile, the second writes
    away = {"path": "/services/", "action": "drop", "times": 1000, "nth": 2}
    report = stopped(here, lambda: here.org.faults(away))
    assert (report.status, report.error) == ("failure", "UNREACHABLE")
    assert report.reasons == {"failed: lost_answer": 3}
    assert blamed(here) == 0
    goes_on(here, known)


def test_an_org_that_forgets_a_job_gets_its_rows_anew(here: Place, known: str) -> None:
    here.org.faults(
        {"method": "GET", "path": "/jobs/ingest/[^/]+$", "action": "status", "status": 404, "code": "NOT_FOUND"}
    )
    report = here.run("accounts", approved=True, bulk=True)
    assert (report.status, report.outcomes) == ("success", {"updated": 3})
    assert names(here, known) == ["New 0", "New 1", "New 2"]


def test_everything_that_the_user_lacks_is_told_at_once_and_before_the_feed_is_landed(here: Place, known: str) -> None:
    here.org.do("permissions", {"sobject": "Account", "rights": {"edit": False}})
    for field in ("Phone", "Do_Not_Update__c"):
        here.org.do("permissions", {"sobject": "Account", "field": field, "rights": {"read": False}})
    report = here.run("accounts")
    assert (report.status, report.error) == ("failure", "declaration_misfit")
    for named in ("Account: this user may not edit the object", "Account.Phone: ", "Account.Do_Not_Update__c: "):
        assert named in str(report.message)
    assert here.ask("accounts", "select count(*) from information_schema.schemata where schema_name = 'landing'") == [
        (0,)
    ]
    goes_on(here, known)


def test_an_object_that_the_user_may_not_see_is_a_lack_like_any_other(here: Place, known: str) -> None:
    here.org.do("permissions", {"sobject": "Account", "rights": {"read": False}})
    report = here.run("accounts")
    assert (report.status, report.error, report.message) == (
        "failure",
        "declaration_misfit",
        "accounts: Account: the org has no such object, or this user may not read it; create it or grant Read",
    )
    goes_on(here, known)
