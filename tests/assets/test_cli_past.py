"""What commands tell of the past: results by the three words, the rows of any kept run, and who was told of what."""

from __future__ import annotations

import csv
import io
import stat
from collections.abc import Iterator

import duckdb
import pytest

from assets.commands.answering import counted
from tests.assets.shell import PERSONNEL, Shell, town
from tests.receivers import HOST, hook


@pytest.fixture(scope="module")
def synced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """A sync and a dry run lie behind."""
    with town(tmp_path_factory.mktemp("past") / "town") as shell:
        shell.feed("personnel", PERSONNEL + "P6,I1,Jane,=HYPERLINK(1),jane@example.org,A,2026-01-01\n")
        for words in ("sync accounts personnel", "plan personnel"):
            shell(*words.split())
        yield shell


def ids(shell: Shell, entity: str) -> list[str]:
    return [run["run_id"] for run in shell("history", entity, "--json").json]


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_each_run_has_its_result_in_the_three_words_and_ours(synced: Shell) -> None:
    runs = synced("history", "--json").json
    told = {(run["entity"], run["mode"], run["result"], run["status"]) for run in runs}
    assert told == {
        ("accounts", "sync", "Success with errors", "success_with_errors"),
        ("personnel", "sync", "Success with errors", "success_with_errors"),
        ("personnel", "plan", None, "success_with_errors"),
    }
    assert "Success with errors" in synced("history").out


def test_the_rows_of_a_run_are_printed_as_csv_that_no_spreadsheet_runs(synced: Shell) -> None:
    first = ids(synced, "personnel")[-1]
    said = synced("history", "--rows", first[:13])
    rows = {row["key"]: row for row in rows_of(said.out)}
    assert {key: (row["entity"], row["outcome"], row["reason"], row["field"]) for key, row in rows.items()} == {
        "P1": ("personnel", "created", "", ""),
        "P5": ("personnel", "failed", "invalid_email", "email"),
        "P6": ("personnel", "created", "", ""),
    }
    assert rows["P1"]["record_id"].startswith("003")
    assert said.err == ""


@pytest.mark.parametrize(
    "choice, keys", [("--errors", {"P5"}), ("--successes", {"P1", "P6"}), ("--errors --successes", {"P1", "P5", "P6"})]
)
def test_successes_and_errors_can_be_had_apart(synced: Shell, choice: str, keys: set[str]) -> None:
    first = ids(synced, "personnel")[-1]
    told = synced("history", "personnel", "--rows", first, *choice.split(), "--json").json
    assert (told["entity"], told["run_id"]) == ("personnel", first)
    assert {row["key"] for row in told["rows"]} == keys


def test_the_last_sync_is_called_last_and_errors_tells_the_same(synced: Shell) -> None:
    rows = synced("history", "personnel", "--rows", "last", "--errors", "--json").json
    assert rows == synced("errors", "personnel", "--json").json
    assert rows["run_id"] == ids(synced, "personnel")[1]  # the dry run is none
    assert [one["entity"] for one in synced("history", "--rows", "last", "--json").json] == ["accounts", "personnel"]


def test_rows_go_to_a_file_that_nobody_else_reads(synced: Shell) -> None:
    file = synced.home / "rows.csv"
    first = ids(synced, "personnel")[-1]
    assert "3 rows are in" in synced("history", "--rows", first, "--csv", str(file)).err
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [row["key"] for row in rows_of(file.read_text("utf-8"))] == ["P1", "P6", "P5"]


def test_what_is_no_longer_kept_says_so(synced: Shell) -> None:
    first = ids(synced, "personnel")[-1]
    published = synced.home / "published" / "personnel.duckdb"
    kept = published.read_bytes()
    with duckdb.connect(published) as con:
        con.execute(
            "insert into runs select run_id || '-' || n, mode, scope, status, now()::timestamp, seconds, extracted,"
            " api_calls, plan_hash, report from runs, range(200) numbers(n) where run_id = ?",
            [first],
        )
    try:
        said = synced("history", "personnel", "--rows", first)
    finally:
        published.write_bytes(kept)
    assert said.code == 1
    assert f"the rows of run {first} of personnel are not kept any more, as 200 runs came after it" in said.err


@pytest.mark.parametrize(
    "words, text",
    [
        ("history --rows nosuchrun", "no run nosuchrun of accounts is known"),
        ("history personnel --errors", "belong to --rows"),
        ("errors personnel --run nosuchrun", "no run nosuchrun of personnel is known: see `concord history personnel`"),
    ],
)
def test_a_run_that_nobody_knows_is_told(synced: Shell, words: str, text: str) -> None:
    said = synced(*words.split())
    assert (said.code, text in said.err) == (2, True)


def test_a_beginning_that_several_runs_have_is_told(synced: Shell) -> None:
    said = synced("history", "personnel", "--rows", "")
    assert said.code == 2
    assert "2 runs of personnel begin with" in said.err


def test_a_test_message_goes_to_every_address(synced: Shell) -> None:
    with hook() as receiver:
        said = synced("alerts", "--test", CONCORD_ALERTS=f"json://{HOST}:{receiver.port}/T0KEN json://{HOST}:9/T0KEN")
        assert (said.code, receiver.titles) == (1, ["a test"])
    assert said.out == "address 1 (JSON) took the message\n"
    assert said.err == "address 2 (JSON) did not take a message: it cannot be reached, or did not answer\n"


def test_things_are_counted_in_the_right_number() -> None:
    told = [counted(number, "thing is", "things are") for number in (0, 1, 2, 1_000)]
    assert told == ["0 things are", "1 thing is", "2 things are", "1,000 things are"]


def test_a_test_message_to_nobody_is_wrong_use(synced: Shell) -> None:
    said = synced("alerts", "--test")
    assert (said.code, "CONCORD_ALERTS names no address" in said.err) == (2, True)


def test_the_state_of_each_entity_and_kind_is_shown_and_who_is_still_to_be_told(synced: Shell) -> None:
    with hook() as receiver:
        receiver.status = 503
        address = f"json://{HOST}:{receiver.port}/T0KEN"
        told = synced("sync", "accounts", "--json", CONCORD_ALERTS=address)
        shown = synced("alerts", CONCORD_ALERTS=address)
    wrong = sum(one["wrong"] for one in synced("alerts", "--json").json["standing"])
    assert f"{counted(wrong, 'thing is', 'things are')} wrong; 1 address is told." in shown.out
    refused = "address 1 (JSON) did not take a message: it answered 503"
    assert (told.code, told.json["status"], told.json["message"]) == (0, "nothing_to_do", refused)
    assert refused in shown.out
    standing = {(one["entity"], one["kind"], one["about"]): one for one in synced("alerts", "--json").json["standing"]}
    assert standing["accounts", "check_failed", "rejected_rows"]["untold"] == [1]
    assert standing["accounts", "run_failed", ""]["wrong"] is False
    assert standing["personnel", "check_failed", "rejected_rows"]["untold"] == []
    lines = [line.split() for line in shown.out.splitlines()]
    assert [line[:5] for line in lines if line[:4] == ["accounts", "run", "failed", "well"]]
