"""A run that may not start is skipped: it says why, it is in the history, and nothing else is written or remembered."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from assets.accounts import ENTITY as ACCOUNTS
from pipelines.declaring.cadence import Cadence, LockFile, Query
from pipelines.declaring.entity import Entity
from pipelines.declaring.source import AnySource
from pipelines.ports.source import Landed
from pipelines.ports.world import SourceNotSet
from pipelines.run import World
from pipelines.telling.report import Report
from pipelines.telling.signs import signs_of_run
from resources.archive import Archive
from resources.elsewhere import Neighbours
from resources.warehouse import Warehouse
from tests.runs.place import Place

HOURLY = replace(ACCOUNTS, cadence=Cadence("hour", at_least=timedelta(minutes=60)))


def ready(here: Place, prefix: str, cadence: Cadence = HOURLY.cadence) -> Entity:
    """One stale school, and accounts synced at this cadence."""
    here.org.seed("Account", [{"Source_Key__c": f"{prefix}-1", "Name": "Old"}])
    here.feed("institutions", [{"institution_id": f"{prefix}-1", "name": "New"}])
    return replace(ACCOUNTS, cadence=cadence)


def scheduled(here: Place, entity: Entity) -> Report:
    return here.run(entity, scheduled_for=datetime.now(UTC), approved=True)


def test_two_scheduled_runs_keep_their_distance_and_those_by_hand_need_not(here: Place) -> None:
    entity = ready(here, "distance")
    assert here.run(entity, approved=True).status == "success"
    assert scheduled(here, entity).status == "nothing_to_do"
    early = scheduled(here, entity)
    assert (early.status, early.error, early.api_calls, early.outcomes) == ("skipped", None, 0, {})
    assert str(early.message).endswith(" minutes ago: at least 60 have to lie between two")
    assert here.run(entity, approved=True).status == "nothing_to_do"
    assert scheduled(here, entity).status == "skipped"


def test_a_scheduled_run_that_failed_before_it_had_a_plan_keeps_none_away(here: Place) -> None:
    entity = ready(here, "failed")
    here.org.do("permissions", {"sobject": "Account", "rights": {"edit": False}})
    assert scheduled(here, entity).error == "declaration_misfit"
    here.org.reset()
    assert scheduled(here, entity).status == "success"


def test_out_of_hours_only_people_start_it(here: Place) -> None:
    hour = (datetime.now(UTC) + timedelta(hours=3)).hour
    entity = ready(here, "hours", Cadence("hour", hours=(hour, hour + 1)))
    assert str(scheduled(here, entity).message).startswith(f"it is synced from {hour}:00 to {hour + 1}:00 UTC, ")
    assert here.run(entity, approved=True).status == "success"


def test_while_a_query_finds_somebody_elses_job_nobody_starts_and_its_call_is_counted(here: Place) -> None:
    soql = "SELECT Id FROM Contact WHERE LastName = 'The night job'"
    entity = ready(here, "query", Cadence(not_while=(Query(soql, name="the night job"),)))
    (job,) = here.org.seed("Contact", [{"LastName": "The night job"}])
    for run in (scheduled(here, entity), here.run(entity)):
        assert (run.status, run.api_calls) == ("skipped", 1)
        assert run.message == "the night job is running, and no sync may start meanwhile"
    here.org.do("records/delete", {"sobject": "Contact", "ids": [job]})
    assert here.run(entity, approved=True).status == "success"


def test_while_a_lock_file_is_there_nobody_starts(here: Place) -> None:
    entity = ready(here, "file", Cadence(not_while=(LockFile("busy.lock"),)))
    here.home.mkdir(parents=True, exist_ok=True)
    (here.home / "busy.lock").touch()
    why = "the lock file busy.lock is there, and no sync may start meanwhile; remove it if its job is over"
    assert here.run(entity).message == why


def test_a_lock_file_may_be_named_from_home_or_from_concords(home: Path) -> None:
    neighbours = Neighbours(Path("concord"))
    for path in (home / "mine.lock", home / "concord" / "ours.lock"):
        path.touch()
    found = {
        name: neighbours.exists(name)
        for name in ("~/mine.lock", "$CONCORD_HOME/ours.lock", "ours.lock", "mine.lock", str(home / "mine.lock"))
    }
    assert found == {
        "~/mine.lock": True,
        "$CONCORD_HOME/ours.lock": True,
        "ours.lock": True,
        "mine.lock": False,
        str(home / "mine.lock"): True,
    }


def test_looking_whether_somebody_syncs_keeps_nobody_from_it(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path, "accounts")
    assert not warehouse.is_locked()
    with warehouse.lock():
        assert warehouse.is_locked()
    assert not warehouse.is_locked()


def test_a_skipped_run_is_in_the_history_and_leaves_no_other_trace(here: Place) -> None:
    entity = ready(here, "trace", Cadence(not_while=(LockFile("busy.lock"),)))
    here.run(entity, approved=True)
    before = here.ask("accounts", "select * from meta order by all")
    rows = here.ask("accounts", "select count(*) from outcomes")
    (here.home / "busy.lock").touch()
    skipped = here.run(entity)
    last = Archive(here.home).runs("accounts", 1)[0]
    assert (last["run_id"], last["status"], last["message"]) == (skipped.run_id, "skipped", skipped.message)
    assert here.ask("accounts", "select * from meta order by all") == before
    assert here.ask("accounts", "select count(*) from outcomes") == rows


def test_a_skipped_run_publishes_a_line_and_no_copy_and_the_next_run_has_it_in_its_own(here: Place) -> None:
    entity = ready(here, "line", Cadence(not_while=(LockFile("busy.lock"),)))
    here.run(entity, approved=True)
    copy = Warehouse(here.home, "accounts").published("accounts")
    assert copy is not None
    before = (copy.stat().st_ino, copy.stat().st_mtime_ns)
    (here.home / "busy.lock").touch()
    skipped = [here.run(entity).run_id for _ in range(2)]
    assert (copy.stat().st_ino, copy.stat().st_mtime_ns) == before
    assert [run["run_id"] for run in Archive(here.home).runs("accounts", 2)] == skipped[::-1]
    (here.home / "busy.lock").unlink()
    last = here.run(entity, approved=True)
    assert [run["run_id"] for run in Archive(here.home).runs("accounts", 3)] == [last.run_id, *skipped[::-1]]
    assert not Warehouse(here.home, "accounts").skipped.exists()


def test_a_scheduled_run_that_meets_another_is_skipped_and_a_persons_fails(here: Place) -> None:
    entity = ready(here, "other")
    with Warehouse(here.home, "accounts").lock():
        skipped, failed = scheduled(here, entity), here.run(entity)
    assert (skipped.status, skipped.error, skipped.result, signs_of_run(skipped)) == ("skipped", None, None, [])
    assert (failed.status, failed.error) == ("failure", "already_running")
    assert skipped.message == failed.message
    assert "is being synced by process" in str(skipped.message)


def test_without_a_source_one_of_all_is_left_out_and_one_that_was_named_fails(here: Place) -> None:
    class Nowhere:
        """A source of which no setting says where it is."""

        def fingerprint(self, source: AnySource) -> str | None:
            raise SourceNotSet(f"where is {source.name}?")

        def land(self, source: AnySource, *_: object) -> Landed:
            raise AssertionError(f"{source.name} is read although nobody knows where it is")

    def lost(world: World) -> World:
        return replace(world, source=Nowhere())

    one_of_all, named = here.run(ACCOUNTS, world=lost, named=False), here.run(ACCOUNTS, world=lost)
    assert (one_of_all.status, one_of_all.error, one_of_all.api_calls) == ("skipped", None, 0)
    assert (named.status, named.error, named.api_calls) == ("failure", "source_not_set", 0)
    assert one_of_all.message == named.message == "where is institutions?"


def test_a_skipped_report_is_json_like_any_other() -> None:
    moment = datetime(2026, 3, 1, 12, tzinfo=UTC)
    report = Report("accounts", "r", "sync", "changed", "skipped", moment, 0.1, message="busy", scheduled_for=moment)
    told = report.as_json()
    assert (told["status"], told["message"], told["error"]) == ("skipped", "busy", None)
    assert told["scheduled_for"] == "2026-03-01T12:00:00.000Z"
