"""The ways into an org, and what stands in them."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from pipelines.ports.world import SystemicError
from resources.salesforce.auth import login_of
from resources.salesforce.org import SalesforceOrg
from resources.settings import SettingsError, read_settings
from tests.resources.salesforce.conftest import HASTY
from tests.resources.salesforce.embedded import Embedded

NO_CLIENT: dict[str, object] = {"salesforce_client_id": None, "salesforce_client_secret": None}


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def key_file(key: rsa.RSAPrivateKey, tmp_path: Path) -> Path:
    file = tmp_path / "key.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return file


def test_client_credentials_log_in_as_the_integration_user(embedded: Embedded, org: SalesforceOrg) -> None:
    read = org.read("User", ["Username"], "Id", [org.user_id])
    assert read["Username"].to_pylist() == ["integration@sandbox.example"]


def test_a_key_vouches_for_a_user(embedded: Embedded, key: rsa.RSAPrivateKey, key_file: Path) -> None:
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    embedded.do("keys", {"public_key": public.decode()})
    settings = embedded.settings(
        salesforce_client_secret=None,
        salesforce_private_key_file=key_file,
        salesforce_username="integration@sandbox.example",
    )
    with SalesforceOrg(settings) as org:
        assert org.read("User", ["Username"], "Id", [org.user_id]).num_rows == 1


def test_a_given_token_is_used_as_it_is(embedded: Embedded) -> None:
    told = embedded.do("sessions", {"username": "person@sandbox.example"})
    settings = embedded.settings(**NO_CLIENT, salesforce_access_token=told["access_token"])
    with SalesforceOrg(settings) as org:
        assert org.user_id == told["user_id"]
        org.describe("Account")
        embedded.do("sessions/expire", {})
        with pytest.raises(SystemicError, match="SALESFORCE_ACCESS_TOKEN has expired"):
            org.describe("Contact")


def test_a_given_token_that_is_spent_is_told_by_whatever_is_asked_first(embedded: Embedded) -> None:
    told = embedded.do("sessions", {"username": "person@sandbox.example"})
    embedded.do("sessions/expire", {})
    settings = embedded.settings(**NO_CLIENT, salesforce_access_token=told["access_token"])
    with SalesforceOrg(settings) as org, pytest.raises(SystemicError, match="SALESFORCE_ACCESS_TOKEN has expired"):
        org.user_id  # noqa: B018 - that it is asked for is the test


@pytest.mark.parametrize("wrong", ["salesforce_client_id", "salesforce_client_secret"])
def test_wrong_credentials_are_told_by_their_settings(embedded: Embedded, wrong: str) -> None:
    with SalesforceOrg(embedded.settings(**{wrong: "not the one"}), HASTY) as org:
        with pytest.raises(SystemicError, match="Look at SALESFORCE_CLIENT_ID, SALESFORCE_CLIENT_SECRET") as caught:
            org.describe("Account")
        assert caught.value.code == "INVALID_CREDENTIALS"
        assert "not the one" not in str(caught.value)
        assert org.calls == 0


@pytest.mark.parametrize(
    "content", [pytest.param(None, id="a key the org does not know"), pytest.param("no key", id="no key at all")]
)
def test_a_wrong_key_is_told_by_its_setting(embedded: Embedded, tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "wrong.pem"
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = stranger.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(content.encode() if content else pem)
    settings = embedded.settings(
        salesforce_client_secret=None,
        salesforce_private_key_file=file,
        salesforce_username="integration@sandbox.example",
    )
    with SalesforceOrg(settings) as org, pytest.raises(SystemicError, match="SALESFORCE_PRIVATE_KEY_FILE") as caught:
        org.describe("Account")
    assert caught.value.code == "INVALID_CREDENTIALS"


def test_an_untrusted_certificate_is_told(embedded: Embedded, foreign_ca: Path) -> None:
    settings = embedded.settings(salesforce_ca_file=foreign_ca)
    with SalesforceOrg(settings) as org, pytest.raises(SystemicError) as caught:
        org.describe("Account")
    assert caught.value.code == "TLS_NOT_TRUSTED"


def test_an_org_out_of_reach_is_told(embedded: Embedded, nowhere: str) -> None:
    settings = embedded.settings(salesforce_instance_url=nowhere)
    with SalesforceOrg(settings, HASTY) as org, pytest.raises(SystemicError, match="cannot be reached") as caught:
        org.describe("Account")
    assert caught.value.code == "UNREACHABLE"


def test_a_proxy_is_for_orgs_elsewhere(embedded: Embedded, nowhere: str) -> None:
    proxy = nowhere.replace("https", "http")
    with SalesforceOrg(embedded.settings(https_proxy=proxy), HASTY) as org:
        assert org.describe("Account").name == "Account"
    elsewhere = embedded.settings(https_proxy=proxy, salesforce_instance_url="https://acme.my.salesforce.com")
    with SalesforceOrg(elsewhere, HASTY) as org, pytest.raises(SystemicError, match="The proxy on the way to acme"):
        org.describe("Account")


def test_an_org_that_comes_back_is_waited_for(embedded: Embedded, org: SalesforceOrg) -> None:
    embedded.faults({"path": "describe", "action": "status", "status": 503, "headers": {"Retry-After": "1"}})
    assert org.describe("Account").name == "Account"
    assert org.calls == 2


def test_the_daily_limit_of_the_org_is_told(embedded: Embedded, org: SalesforceOrg) -> None:
    embedded.do("limits", {"daily": 1, "used": 0})
    org.describe("Account")
    with pytest.raises(SystemicError, match="limit of API calls in 24 hours") as caught:
        org.insert("Account", [{"Name": "x"}])
    assert caught.value.code == "REQUEST_LIMIT_EXCEEDED"


def test_our_own_ceiling_is_told_before_the_call(embedded: Embedded) -> None:
    with SalesforceOrg(embedded.settings(salesforce_daily_calls=1)) as org:
        org.describe("Account")
        with pytest.raises(SystemicError, match="SALESFORCE_DAILY_CALLS allows 1"):
            org.describe("Contact")
    assert len(embedded.calls()) == 1


def test_settings_without_an_org_open_none() -> None:
    with pytest.raises(SettingsError, match="No org is set"):
        login_of(read_settings(env_file=None))


@pytest.mark.parametrize(
    "login, audience",
    [
        ("https://acme.my.salesforce.com", "https://login.salesforce.com"),
        ("https://acme--dev.sandbox.my.salesforce.com", "https://test.salesforce.com"),
        ("https://test.salesforce.com", "https://test.salesforce.com"),
        ("https://localhost:8443", "https://localhost:8443"),
    ],
)
def test_an_assertion_is_for_the_host_that_judges_it(login: str, audience: str, key_file: Path) -> None:
    import jwt
    import requests

    from resources.salesforce.auth import JwtBearer

    posted: list[str] = []

    def post(url: str, form: object) -> requests.Response:
        assert isinstance(form, dict)
        posted.append(form["assertion"])
        response = requests.Response()
        response.status_code = 400
        return response

    with pytest.raises(SystemicError):
        JwtBearer(login, "key", "who", key_file, now=lambda: 0).token(post)
    claims = jwt.decode(posted[0], options={"verify_signature": False})
    assert claims == {"iss": "key", "sub": "who", "aud": audience, "exp": 180}
