"""What the session does with every way in which an answer can fail to come."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from pipelines.ports.world import LostAnswer, SystemicError
from resources.route import Route
from resources.salesforce.allowance import DailyCalls
from resources.salesforce.auth import ClientCredentials, GivenToken, login_of
from resources.salesforce.errors import Refused, Unavailable
from resources.salesforce.headers import Usage
from resources.salesforce.session import OrgSession
from tests.resources.salesforce.conftest import HASTY
from tests.resources.salesforce.embedded import Embedded
from tests.resources.salesforce.scripted import CUT, DROP, STALL, Answer, Scripted, Step, error

EXPIRED = error(401, "INVALID_SESSION_ID", "Session expired or invalid")


def at(url: str, ca_file: Path | None, proxy: str | None = None) -> OrgSession:
    login = ClientCredentials(url, "key", "word")
    return OrgSession(login, version="62.0", route=Route(ca_file, SecretStr(proxy) if proxy else None), patience=HASTY)


@pytest.mark.parametrize(
    "step",
    [
        pytest.param(error(503, "SERVER_UNAVAILABLE"), id="503"),
        pytest.param(Answer(502, b"<html>", {"Content-Type": "text/html"}), id="502 of a gateway"),
        pytest.param(error(429, "TOO_MANY_REQUESTS"), id="429"),
        pytest.param(error(400, "UNABLE_TO_LOCK_ROW"), id="lock"),
        pytest.param(error(403, "REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests Limit exceeded."), id="concurrency"),
        pytest.param(Answer(200, b"<html>", {"Content-Type": "text/html"}), id="login page"),
        pytest.param(DROP, id="dropped"),
        pytest.param(CUT, id="cut short"),
        pytest.param(STALL, id="silence"),
    ],
)
def test_a_read_is_repeated_until_it_succeeds(wire: Scripted, session: OrgSession, step: Step) -> None:
    wire.script[:] = [step, step, Answer(body={"n": 1})]
    assert session.call("GET", "limits").json() == {"n": 1}
    assert session.calls == 3


@pytest.mark.parametrize(
    "step",
    [
        pytest.param(error(503, "SERVER_UNAVAILABLE"), id="503"),
        pytest.param(error(500, "UNKNOWN_EXCEPTION"), id="500"),
        pytest.param(Answer(408), id="408 of a gateway"),
        pytest.param(Answer(200, b"<html>", {"Content-Type": "text/html"}), id="login page"),
        pytest.param(DROP, id="dropped"),
        pytest.param(CUT, id="cut short"),
        pytest.param(STALL, id="silence"),
    ],
)
def test_a_write_without_an_answer_is_sent_once_and_told_as_lost(
    wire: Scripted, session: OrgSession, step: Step
) -> None:
    wire.script[:] = [step]
    with pytest.raises(LostAnswer):
        session.call("POST", "composite/sobjects", json={"records": []})
    assert len(wire.seen) == 1


@pytest.mark.parametrize(
    "step",
    [
        pytest.param(error(429, "TOO_MANY_REQUESTS"), id="429"),
        pytest.param(error(403, "REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests Limit exceeded."), id="concurrency"),
        pytest.param(EXPIRED, id="expired session"),
    ],
)
def test_a_write_that_surely_took_no_effect_is_sent_again(wire: Scripted, session: OrgSession, step: Step) -> None:
    wire.script[:] = [step, Answer(body=[])]
    assert session.call("PATCH", "composite/sobjects", json={}).json() == []


def test_an_expired_session_is_renewed_once_for_many_threads(wire: Scripted, session: OrgSession) -> None:
    wire.expired.add(session.token.value)
    at_once = threading.Barrier(4)

    def work() -> None:
        at_once.wait()
        session.call("GET", "limits")

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(wire.tokens) == 2
    assert session.token.value == "00D!2"
    assert 5 <= len(wire.seen) <= 8


def test_a_session_refused_again_after_renewal_stops_the_run(wire: Scripted, session: OrgSession) -> None:
    wire.script[:] = [EXPIRED, EXPIRED]
    with pytest.raises(Refused) as caught:
        session.call("GET", "limits")
    assert caught.value.code == "INVALID_SESSION_ID"
    assert len(wire.tokens) == 2


def test_a_given_token_that_expires_is_told_by_its_setting(wire: Scripted) -> None:
    wire.script[:] = [EXPIRED]
    login = GivenToken("00D!given", wire.url)
    with (
        OrgSession(login, version="62.0", route=Route(wire.ca_file), patience=HASTY) as session,
        pytest.raises(SystemicError, match="SALESFORCE_ACCESS_TOKEN has expired"),
    ):
        session.call("GET", "limits")
    assert wire.seen[0].headers["Authorization"] == "Bearer 00D!given"


def test_the_org_is_waited_for_as_long_as_it_asks(wire: Scripted, session: OrgSession) -> None:
    wire.script[:] = [error(503, "SERVER_UNAVAILABLE", Retry_After="1"), Answer(body={})]
    before = datetime.now(UTC)
    session.call("GET", "limits")
    assert (datetime.now(UTC) - before).total_seconds() >= 1


def test_an_org_that_asks_for_too_long_a_wait_is_not_waited_for(wire: Scripted, session: OrgSession) -> None:
    wire.script[:] = [error(503, "SERVER_UNAVAILABLE", Retry_After="3600")]
    with pytest.raises(Unavailable):
        session.call("GET", "limits")
    assert len(wire.seen) == 1


def test_an_org_out_of_reach_is_told_without_the_query(nowhere: str) -> None:
    login = GivenToken("x", nowhere)
    with (
        OrgSession(login, version="62.0", route=Route(), patience=HASTY) as session,
        pytest.raises(Unavailable) as caught,
    ):
        session.call("GET", "query", params={"q": "SELECT Id FROM Contact WHERE Email = 'ada@example.org'"})
    assert str(caught.value) == f"{nowhere.removeprefix('https://')} cannot be reached (ConnectionRefusedError)."
    assert caught.value.code == "UNREACHABLE"
    assert caught.value.__suppress_context__
    assert session.calls == 0


def test_a_write_to_an_org_out_of_reach_is_not_lost_but_unreachable(nowhere: str) -> None:
    with at(nowhere, None) as session, pytest.raises(Unavailable):
        session.call("POST", "composite/sobjects", json={})


def test_a_proxy_out_of_reach_is_named_as_the_culprit(wire: Scripted, nowhere: str) -> None:
    proxy = nowhere.replace("https", "http")
    with (
        at(wire.url, wire.ca_file, proxy=proxy) as session,
        pytest.raises(Unavailable, match="The proxy on the way to localhost"),
    ):
        session.call("GET", "limits")


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"])
def test_a_certificate_is_trusted_by_the_setting_alone(
    wire: Scripted, foreign_ca: Path, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, str(wire.ca_file))
    for ca_file in (None, foreign_ca):
        with at(wire.url, ca_file) as session, pytest.raises(SystemicError) as caught:
            session.call("POST", "composite/sobjects", json={})
        assert caught.value.code == "TLS_NOT_TRUSTED"
        assert "SALESFORCE_CA_FILE" in str(caught.value)
    monkeypatch.setenv(variable, str(foreign_ca))
    with at(wire.url, wire.ca_file) as session:
        assert session.call("GET", "limits").status_code == 200
    assert not [one for one in wire.seen if one.method == "POST"]


def test_neither_netrc_nor_a_proxy_of_the_environment_is_used(
    wire: Scripted, session: OrgSession, nowhere: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", nowhere)
    (home / ".netrc").write_text("machine localhost login me password mine\n")
    session.call("GET", "limits")
    assert wire.seen[0].headers["Authorization"] == "Bearer 00D!1"


def test_the_keys_of_what_is_sent_are_written_nowhere(
    embedded: Embedded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))
    settings = embedded.settings()
    with OrgSession(login_of(settings), version="62.0", route=Route(settings.salesforce_ca_file)) as session:
        assert session.call("GET", "limits").status_code == 200
    assert not (tmp_path / "keys").exists()


def test_the_token_goes_to_the_org_and_nowhere_else(wire: Scripted, session: OrgSession) -> None:
    wire.script[:] = [Answer(302, b"", {"Location": wire.url.replace("localhost", "127.0.0.1")})]
    with pytest.raises(Refused, match="HTTP_302"):
        session.call("GET", "limits")
    with pytest.raises(SystemicError):
        session.request("GET", wire.url.replace("localhost", "127.0.0.1") + "/elsewhere")
    assert len(wire.seen) == 1


@pytest.mark.parametrize(
    "answer, code, text",
    [
        pytest.param(
            Answer(400, {"error": "invalid_client", "error_description": "invalid client credentials"}),
            "INVALID_CREDENTIALS",
            "refused the login with invalid_client: invalid client credentials. Look at SALESFORCE_CLIENT_ID, "
            "SALESFORCE_CLIENT_SECRET, SALESFORCE_LOGIN_URL.",
            id="wrong secret",
        ),
        pytest.param(
            Answer(400, {"error": "invalid_grant", "error_description": "user ada@example.org is unknown"}),
            "INVALID_CREDENTIALS",
            "invalid_grant: user … is unknown.",
            id="a description with a name",
        ),
        pytest.param(Answer(404, b"nothing"), "INVALID_CREDENTIALS", "HTTP_404", id="not an org"),
    ],
)
def test_a_refused_login_names_the_settings(
    wire: Scripted, session: OrgSession, answer: Answer, code: str, text: str
) -> None:
    wire.token_script[:] = [answer]
    with pytest.raises(SystemicError) as caught:
        session.call("GET", "limits")
    assert caught.value.code == code
    assert text in str(caught.value)
    assert wire.seen == []


def test_a_login_that_finds_the_org_busy_is_tried_again(wire: Scripted, session: OrgSession) -> None:
    wire.token_script[:] = [Answer(503), DROP]
    assert session.token.value == "00D!3"


def test_the_orgs_daily_limit_is_told_as_such(wire: Scripted, session: OrgSession) -> None:
    limit = error(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", Sforce_Limit_Info="api-usage=9/9")
    wire.script[:] = [limit]
    with pytest.raises(Refused, match=r"API calls in 24 hours is reached \(api-usage=9/9\)"):
        session.call("POST", "composite/sobjects", json={})
    assert session.usage == Usage(9, 9)


def test_our_own_ceiling_holds_over_all_sessions_of_a_home(wire: Scripted, home: Path) -> None:
    now = [datetime(2026, 1, 31, 12, tzinfo=UTC)]

    def one_call() -> None:
        login = ClientCredentials(wire.url, "key", "word")
        allowance = DailyCalls(home / "new" / "calls.sqlite", 2, lambda: now[0])
        with OrgSession(login, version="62.0", route=Route(wire.ca_file), allowance=allowance) as session:
            session.call("GET", "limits")

    one_call()
    now[0] = datetime(2026, 1, 31, 13, tzinfo=UTC)
    one_call()
    with pytest.raises(SystemicError, match="SALESFORCE_DAILY_CALLS allows 2"):
        one_call()
    now[0] = datetime(2026, 2, 1, 12, tzinfo=UTC)
    one_call()
    assert len(wire.seen) == 3
    assert (home / "new" / "calls.sqlite").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "message, kept",
    [
        ("Account Name: data value too large: Ada Lovelace (max length=255)", ""),
        ("duplicate value found: Key__c duplicates value on record with id: 001", ""),
        (
            "\nName = 'Ada'\n   ^\nERROR at Row:1:Column:12\nNo such column 'X__c' on entity 'Account'. If you …",
            ", No such column 'X__c' on entity 'Account'",
        ),
    ],
)
def test_no_value_of_a_record_reaches_an_exception(
    wire: Scripted, session: OrgSession, message: str, kept: str
) -> None:
    wire.script[:] = [error(400, "SOME_CODE", message)]
    with pytest.raises(Refused) as caught:
        session.call("GET", "query", params={"q": "Ada"})
    assert str(caught.value) == f"GET /services/data/v62.0/query was refused: 400 SOME_CODE{kept}"


@pytest.mark.parametrize("idle, connections", [(50.0, 1), (0.0, 2)], ids=["fresh", "idle too long"])
def test_a_write_goes_over_a_connection_that_was_not_idle_for_long(
    wire: Scripted, idle: float, connections: int
) -> None:
    login = GivenToken("00D!given", wire.url)
    before = wire.connections
    with OrgSession(login, version="62.0", route=Route(wire.ca_file), patience=replace(HASTY, idle=idle)) as session:
        session.call("GET", "limits")
        session.call("GET", "limits")
        session.call("POST", "composite/sobjects", json={})
    assert wire.connections - before == connections


def test_the_clock_is_the_servers(wire: Scripted, session: OrgSession) -> None:
    wire.script[:] = [Answer(body={}, headers={"Date": "Sat, 31 Jan 2026 08:15:00 GMT"})]
    session.call("GET", "limits")
    behind = datetime(2026, 1, 31, 8, 15, tzinfo=UTC) - session.asked_at
    assert 0 <= behind.total_seconds() < 1


def test_the_user_is_known_from_the_login(wire: Scripted, session: OrgSession) -> None:
    assert session.user_id == "005000000000001AAA"
    assert (wire.seen, session.calls) == ([], 0)


def test_the_user_of_a_given_token_is_asked_for(wire: Scripted) -> None:
    wire.script[:] = [Answer(body={"user_id": "005000000000002AAA"})]
    login = GivenToken("00D!given", wire.url)
    with OrgSession(login, version="62.0", route=Route(wire.ca_file), patience=HASTY) as session:
        assert session.user_id == "005000000000002AAA"
        assert session.calls == 0
