"""The sandbox through simple-salesforce, as a stranger would use it: query_all, and a bulk job."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests
from simple_salesforce.api import Salesforce
from simple_salesforce.bulk2 import SFBulk2Type
from simple_salesforce.exceptions import SalesforceMalformedRequest

from tests.resources.sandbox.live import Live, serving


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with serving(tmp_path_factory.mktemp("org")) as live:
        live.seed("Account", *[{"Name": f"N{number:04}"} for number in range(2100)])
        yield live


@pytest.fixture
def client(org: Live) -> Iterator[Salesforce]:
    login = {"client_id": org.connection.client_id, "client_secret": org.connection.client_secret}
    token = org.call("POST", "/services/oauth2/token", data={"grant_type": "client_credentials", **login}).json()
    with requests.Session() as session:
        session.trust_env = False
        session.verify = org.connection.ca_file
        yield Salesforce(
            instance=org.connection.instance, session_id=token["access_token"], version="62.0", session=session
        )


def test_query_all_follows_the_pages(client: Salesforce) -> None:
    answer = client.query_all("SELECT Id, Name FROM Account WHERE Name LIKE 'N%' ORDER BY Name")
    assert [record["Name"] for record in answer["records"]] == [f"N{number:04}" for number in range(2100)]


def test_a_refused_query_raises_its_own_exception_with_the_error(client: Salesforce) -> None:
    with pytest.raises(SalesforceMalformedRequest, match="INVALID_FIELD"):
        client.query("SELECT Nope FROM Account")


@pytest.mark.slow
def test_bulk2_inserts(client: Salesforce) -> None:
    bulk = SFBulk2Type("Account", client.bulk2_url, client.headers, client.session)
    [outcome] = bulk.insert(records=[{"Name": "Bulky 1"}, {"Name": "Bulky 2"}])
    assert (outcome["numberRecordsProcessed"], outcome["numberRecordsFailed"]) == (2, 0)
    assert client.query("SELECT COUNT() FROM Account WHERE Name LIKE 'Bulky%'")["totalSize"] == 2
