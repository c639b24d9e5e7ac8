"""What goes wrong between us and a service: what is tried again, what ends the reading, and what is said then."""

from __future__ import annotations

import logging
import signal
import threading
import time
from pathlib import Path

import pytest
import trustme
from pydantic import SecretStr

from pipelines.declaring.source import Rest
from pipelines.ports.world import SystemicError
from resources.route import Route
from tests.resources.rest.conftest import PEOPLE, Counter, Elsewhere

PLACE = "engage /v1/profiles, page"


@pytest.mark.parametrize("action", ["too-many-requests", "unavailable", "cut", "truncate", "not-json"])
def test_a_page_that_fails_after_ten_others_is_tried_again_by_itself(counter: Counter, action: str) -> None:
    counter.put_many(130)
    counter.admin.set_faults({"path": "/", "action": action, "nth": 11, "times": 2})
    assert counter.land().rows == 130
    assert counter.column("id") == [f"p{n:05d}" for n in range(130)]
    asked = counter.queries()
    assert len(asked) == 13 + 2
    assert asked[10] == asked[11] == asked[12]
    assert len(set(asked)) == 13


def test_trouble_of_every_kind_here_and_there_costs_no_row(counter: Counter) -> None:
    counter.put_many(250)
    kinds = ("too-many-requests", "unavailable", "cut", "truncate", "not-json")
    counter.admin.set_faults(
        *({"path": "/", "action": action, "rate": 0.08, "seed": seed} for seed, action in enumerate(kinds))
    )
    assert counter.land().rows == 250
    assert counter.column("id") == [f"p{n:05d}" for n in range(250)]
    assert len(counter.pauses) > 3


@pytest.mark.parametrize(
    "fault, code, text",
    [
        ({"action": "too-many-requests"}, "source_busy", "the service is busy (429), and asks to wait 1 s"),
        ({"action": "unavailable"}, "source_failed", "the service failed (503)"),
        ({"action": "cut"}, "source_unreachable", "no whole answer came"),
        ({"action": "truncate"}, "source_unreachable", "no whole answer came"),
        ({"action": "not-json"}, "source_not_json", "the answer is not JSON"),
        ({"action": "answer", "status": 204}, "source_refused", "it answered 204, not 200"),
        ({"action": "answer", "status": 404}, "source_refused", "it answered 404, not 200; look at the declaration"),
    ],
)
def test_a_page_that_goes_on_failing_lands_nothing(
    counter: Counter, fault: dict[str, object], code: str, text: str
) -> None:
    counter.put({"id": "before"})
    counter.land()
    counter.put_many(130)
    counter.admin.set_faults({"path": "/", "nth": 11, "times": 0, **fault})
    error = counter.refused()
    assert (error.code, str(error)[: len(f"{PLACE} 11: {text}")]) == (code, f"{PLACE} 11: {text}")
    assert counter.rows() == [(1, "before")]


def test_pauses_grow_and_differ(counter: Counter) -> None:
    counter.admin.set_faults({"path": "/", "action": "unavailable", "times": 2})
    counter.land()
    first, second = counter.pauses
    assert 0.5 <= first <= 1.0 <= second <= 1.5
    assert (first, second) != (0.5, 1.0)


def test_a_service_that_asks_to_wait_is_waited_for(counter: Counter) -> None:
    counter.admin.set_faults({"path": "/", "action": "too-many-requests", "headers": {"Retry-After": "17"}})
    counter.land()
    assert counter.pauses == [17.0]


def test_a_service_that_asks_to_wait_for_too_long_is_not_waited_for(counter: Counter) -> None:
    counter.admin.set_faults({"path": "/", "action": "too-many-requests", "headers": {"Retry-After": "3600"}})
    error = counter.refused()
    assert (error.code, str(error)) == (
        "source_busy",
        f"{PLACE} 1: the service is busy (429), and asks to wait 3600 s",
    )
    assert counter.pauses == []


def test_a_service_that_is_silent_is_given_up(counter: Counter) -> None:
    counter.admin.set_faults({"path": "/", "action": "delay", "seconds": 1.2, "times": 1})
    assert counter.land().rows == 0
    assert len(counter.pauses) == 1


@pytest.mark.parametrize("status", [401, 403])
def test_a_token_that_expires_between_pages_is_a_failure_of_configuration(counter: Counter, status: int) -> None:
    counter.put_many(30)
    counter.admin.set_faults({"path": "/", "action": "unauthorized", "nth": 2, "status": status})
    error = counter.refused()
    assert isinstance(error, SystemicError)
    assert (error.code, str(error)) == (
        "source_token",
        f"{PLACE} 2: the token was refused ({status}); put a valid one into ENGAGE_TOKEN",
    )
    assert counter.pauses == []


def test_a_wrong_token_is_told_without_being_shown(elsewhere: Elsewhere) -> None:
    error = elsewhere(token=SecretStr("a-wrong-secret")).refused()
    assert (error.code, "a-wrong-secret" in str(error)) == ("source_token", False)


def test_nobody_at_the_address_is_told(elsewhere: Elsewhere) -> None:
    error = elsewhere(url="https://localhost:9/engage").refused()
    assert (error.code, str(error)) == (
        "source_unreachable",
        f"{PLACE} 1: no whole answer came (ConnectionRefusedError)",
    )


def test_a_certificate_of_a_stranger_is_not_trusted(elsewhere: Elsewhere, tmp_path: Path) -> None:
    stranger = tmp_path / "stranger.pem"
    trustme.CA().cert_pem.write_to_path(str(stranger))
    error = elsewhere(route=Route(stranger)).refused()
    assert isinstance(error, SystemicError)
    assert error.code == "source_tls"
    assert str(error).endswith("name its file in ENGAGE_CA_FILE")


def test_the_environment_changes_nobody_s_trust(
    elsewhere: Elsewhere, counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(counter.service.route.ca_file))
    assert elsewhere(route=Route()).refused().code == "source_tls"


def test_a_token_follows_no_redirect(counter: Counter) -> None:
    counter.admin.set_faults(
        {"path": "/", "action": "answer", "status": 302, "headers": {"Location": "https://localhost:9/other"}}
    )
    assert str(counter.refused()) == f"{PLACE} 1: it answered 302, not 200; look at the declaration"


@pytest.mark.parametrize(
    "body, code, text",
    [
        ("[]", "source_no_data", "the answer has no list 'data'"),
        ("null", "source_no_data", "the answer has no list 'data'"),
        ('{"rows": [], "next_cursor": null}', "source_no_data", "the answer has no list 'data'"),
        ('{"data": {"id": 1}, "next_cursor": null}', "source_no_data", "the answer has no list 'data'"),
        ('{"data": []}', "source_no_cursor", "the answer has no 'next_cursor', not even null"),
        ('{"data": [], "next_cursor": {}}', "source_no_cursor", "'next_cursor' is neither text, number nor null"),
        ('{"data": [], "next_cursor": true}', "source_no_cursor", "'next_cursor' is neither text, number nor null"),
        ('{"data": [], "next_cursor": nul', "source_not_json", "the answer is not JSON"),
        ("", "source_not_json", "the answer is not JSON"),
    ],
    ids=lambda value: value[:34],
)
def test_an_answer_of_another_shape_is_told(counter: Counter, body: str, code: str, text: str) -> None:
    counter.answers_text(body)
    error = counter.refused()
    assert (error.code, str(error)) == (code, f"{PLACE} 1: {text}")


def test_a_cursor_that_repeats_ends_the_reading(counter: Counter) -> None:
    counter.put_many(40)
    counter.admin.set_faults({"path": "/", "action": "same-cursor"})
    error = counter.refused()
    assert (error.code, str(error)) == (
        "source_endless",
        f"{PLACE} 2: the cursor of the next page was there before",
    )


@pytest.mark.parametrize("cursor", [0, "", None], ids=["zero", "blank", "null"])
def test_only_a_blank_cursor_is_the_end(counter: Counter, cursor: object) -> None:
    counter.answers({"id": "1", "kind": "x"}, next_cursor=cursor)
    if cursor == 0:
        assert counter.refused().code == "source_endless"
    else:
        assert counter.land().rows == 1


def test_a_page_without_the_key_names_it(counter: Counter) -> None:
    counter.put_many(10)
    counter.admin.put("profiles", [{"id": "x"}])
    counter.answers({"ID": "1", "kind": "x"}, nth=2)
    error = counter.refused()
    assert (error.code, str(error)) == (
        "column_missing",
        f"{PLACE} 2: no row has a column id; it has: ID, kind",
    )


def test_a_required_column_that_is_missing_is_named(counter: Counter) -> None:
    counter.admin.put("profiles", [{"id": "p1"}])
    assert str(counter.refused()) == f"{PLACE} 1: no row has a column kind; it has: id, updated_at"


def test_ctrl_c_ends_the_reading_at_once(counter: Counter) -> None:
    counter.put_many(30)
    counter.admin.set_faults({"path": "/", "action": "delay", "nth": 2, "seconds": 0.9})
    here = threading.get_ident()
    threading.Timer(0.3, lambda: signal.pthread_kill(here, signal.SIGINT)).start()
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        counter.land()
    assert time.monotonic() - began < 0.8
    assert not counter.file.exists()
    assert not list(counter.working.glob("staging-*"))


def test_neither_values_nor_cursors_nor_tokens_are_logged(counter: Counter, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    counter.put(*({"id": f"p{n}", "first_name": "Emmy Noether"} for n in range(12)))
    counter.admin.set_faults({"path": "/", "action": "unavailable", "nth": 2})
    counter.land()
    cursor = counter.queries()[1].partition("cursor=")[2]
    said = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith(("resources", "dlt")))
    assert "page 2: the service failed (503)" in said
    assert not [secret for secret in ("Noether", cursor, counter.service.token.get_secret_value()) if secret in said]


def test_pages_without_rows_do_not_go_on_for_ever(counter: Counter) -> None:
    endless = Rest("people", "engage", "/v1/profiles", key="id", page=1)
    rules = [
        {"path": "/", "action": "answer", "nth": 1, "body": f'{{"data":[],"next_cursor":"{n}"}}'} for n in range(120)
    ]
    counter.admin.set_faults(*rules)
    error = counter.refused(endless)
    assert error.code == "source_endless"
    assert str(error).endswith("100 pages in a row had no rows")


def test_the_same_collection_lands_after_the_trouble_is_over(counter: Counter) -> None:
    counter.put_many(12)
    counter.admin.set_faults({"path": "/", "action": "unavailable", "times": 0})
    counter.refused(PEOPLE)
    counter.admin.set_faults()
    assert counter.land().rows == 12
