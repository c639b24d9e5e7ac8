"""With exactly the permissions that `concord check --permission-set` writes, all is synced and nothing else allowed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest
import requests

from assets.declarations import entities
from resources.salesforce.metadata.bundle import permission_set
from resources.salesforce.metadata.grants import grants_of
from resources.sandbox.catalogue import shipped
from tests.runs.granting import put_in_force
from tests.runs.place import Place
from tests.runs.service import Service


@dataclass
class Integration:
    """What the integration user asks for besides."""

    here: Place

    def __call__(self, method: str, path: str, body: Mapping[str, object] | None = None) -> str:
        """The code of the refusal, or nothing."""
        connection = self.here.org.connection
        token = requests.post(
            f"{connection.url}/services/oauth2/token",
            data={
                "grant_type": "client_credentials",
                "client_id": connection.client_id,
                "client_secret": connection.client_secret,
            },
            verify=connection.ca_file,
            timeout=30,
        ).json()["access_token"]
        answer = requests.request(
            method,
            f"{connection.url}/services/data/v62.0/{path}",
            json=body,
            headers={"Authorization": f"Bearer {token}"},
            verify=connection.ca_file,
            timeout=30,
        )
        return "" if answer.ok else str(answer.json()[0]["errorCode"])


@pytest.fixture
def least(here: Place) -> Iterator[Place]:
    """The org in which the permission set is all that the integration user has."""
    put_in_force(here.org, permission_set(grants_of(entities().values(), entities(), shipped())))
    yield here
    here.org.reset()


def in_touch(here: Place) -> Service:
    """A user of the org, and a profile of the service connected to them."""
    user = {"LastName": "Rep", "Username": "least@example.org", "Email": "least@example.org", "Alias": "least"}
    here.org.seed("User", [{**user, "FederationIdentifier": "least-user"}])
    service = Service()
    service.profile("least-profile", display_name="Dr. Least", account_ids='["least-1"]')
    service.connection("least-connection", profile_id="least-profile", user_id="least-user")
    return service


def test_every_entity_is_synced_with_the_least_and_nothing_else_is_allowed(least: Place) -> None:
    (stale,) = least.org.seed("Account", [{"Source_Key__c": "least-1", "Name": "Old", "BillingCity": "Bonn"}])
    schools = [{"institution_id": f"least-{n}", "name": f"School {n}", "street": "Weg 1", "city": "Jena"} for n in "12"]
    least.feed("institutions", schools)
    people = [{"person_id": "least-p", "institution_id": "least-2", "last_name": "Head", "email": "head@example.org"}]
    least.feed("personnel", people)
    assert least.run("accounts", create_missing=True, approved=True).outcomes == {"updated": 1, "created": 1}
    assert least.run("personnel", approved=True).outcomes == {"created": 1}
    service = in_touch(least)
    assert [report.outcomes for report in service.sync(least)] == [{"created": 1}, {"created": 1}]
    service.profile("least-profile", state="deleted")
    service.connection("least-connection", active=False)
    assert [report.status for report in service.sync(least)] == ["success", "success"]
    ask = Integration(least)
    refused = {
        "a record is deleted": ask("DELETE", f"sobjects/Account/{stale}"),
        "a field that is not declared is read": ask("GET", "query?q=SELECT+Fax+FROM+Account"),
        "a field that is not declared is written": ask("PATCH", f"sobjects/Account/{stale}", {"Fax": "1"}),
        "a flag of people's is written": ask("PATCH", f"sobjects/Account/{stale}", {"Do_Not_Update__c": True}),
    }
    assert refused == {
        "a record is deleted": "INSUFFICIENT_ACCESS_OR_READONLY",
        "a field that is not declared is read": "INVALID_FIELD",
        "a field that is not declared is written": "INVALID_FIELD",
        "a flag of people's is written": "INVALID_FIELD_FOR_INSERT_UPDATE",
    }


def test_without_the_personnel_no_contact_is_visible(here: Place) -> None:
    put_in_force(here.org, permission_set(grants_of([entities()["accounts"]], entities(), shipped())))
    assert Integration(here)("GET", "query?q=SELECT+Id+FROM+Contact") == "INVALID_TYPE"
    here.org.reset()
