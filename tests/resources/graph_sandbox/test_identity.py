"""Who may ask: tokens for client credentials, in the words of Microsoft Entra, and their end."""

from __future__ import annotations

import pytest

from resources.graph_sandbox.administration import GraphAdministrator
from tests.resources.graph_sandbox.conftest import ADA, Client, code


def test_a_token_is_given_for_the_secret_and_opens_graph(client: Client) -> None:
    told = client.token().json()
    assert (told["token_type"], told["expires_in"]) == ("Bearer", 3599)
    assert client("/users").status_code == 200


@pytest.mark.parametrize(
    "wrong, status, error, number",
    [
        ({"client_secret": "x"}, 401, "invalid_client", 7000215),
        ({"client_id": "x"}, 400, "unauthorized_client", 700016),
        ({"tenant": "x"}, 400, "invalid_request", 90002),
        ({"scope": "User.Read"}, 400, "invalid_scope", 1002012),
        ({"grant_type": "password"}, 400, "unsupported_grant_type", 70003),
    ],
    ids=["secret", "client", "tenant", "scope", "grant"],
)
def test_a_refusal_has_the_number_that_entra_gives_it(
    client: Client, wrong: dict[str, str], status: int, error: str, number: int
) -> None:
    answer = client.token(**wrong)
    told = answer.json()
    assert (answer.status_code, told["error"], told["error_codes"]) == (status, error, [number])
    assert told["error_description"].startswith(f"AADSTS{number}: ")


@pytest.mark.parametrize("header", ["", "Bearer wrong", "Bearer a.b", "Basic x"])
def test_nobody_reads_without_a_token(client: Client, header: str) -> None:
    assert code(client("/users", Authorization=header)) == (401, "InvalidAuthenticationToken")


def test_a_token_ends_by_the_clock_of_the_service(client: Client, admin: GraphAdministrator) -> None:
    admin.set_lifetime(300)
    client.log_in()
    admin.advance_clock(299)
    assert client("/users").status_code == 200
    admin.advance_clock(2)
    answer = client("/users")
    assert code(answer) == (401, "InvalidAuthenticationToken")
    assert "WWW-Authenticate" in answer.headers
    client.log_in()
    admin.expire_bearers()
    assert client("/users").status_code == 401


def test_the_directory_is_told_in_pages_and_filtered(client: Client, admin: GraphAdministrator) -> None:
    admin.users(*({"userPrincipalName": f"u{n}@example.com"} for n in range(5)))
    first = client("/users?$top=4&$select=userPrincipalName").json()
    rest = client(first["@odata.nextLink"]).json()
    assert [row["userPrincipalName"] for row in first["value"] + rest["value"]] == [
        ADA, *(f"u{n}@example.com" for n in range(5)),
    ]  # fmt: skip
    (found,) = client("/users?$filter=mail eq 'U3@example.com'").json()["value"]
    assert found["userPrincipalName"] == "u3@example.com"
    assert client(f"/users/{ADA.upper()}").json()["displayName"] == "Ada Noether"


def test_a_user_without_mailbox_or_licence_is_told_apart_from_nobody(client: Client, admin: GraphAdministrator) -> None:
    admin.users({"userPrincipalName": "new@example.com", "mailbox": False})
    assert client("/users/new@example.com").status_code == 200
    assert code(client("/users/new@example.com/todo/lists")) == (404, "MailboxNotEnabledForRESTAPI")
    assert code(client("/users/nobody@example.com/todo/lists")) == (404, "ErrorInvalidUser")
    assert code(client("/users/nobody@example.com")) == (404, "Request_ResourceNotFound")


def test_a_mailbox_tells_its_zone_and_its_lists(client: Client) -> None:
    assert client("mailboxSettings").json()["timeZone"] == "W. Europe Standard Time"
    known = {row["wellknownListName"]: row["displayName"] for row in client("todo/lists").json()["value"]}
    assert known == {"defaultList": "Tasks", "flaggedEmails": "Flagged Emails"}
    mine = client.make("todo/lists", displayName="Mine")
    assert client(f"todo/lists/{mine['id']}").json()["displayName"] == "Mine"
    assert client(f"todo/lists/{mine['id']}", "PATCH", {"displayName": "Ours"}).json()["displayName"] == "Ours"
    assert client(f"todo/lists/{mine['id']}", "DELETE").status_code == 204
    assert code(client(f"todo/lists/{client.list}", "DELETE")) == (400, "invalidRequest")
    assert code(client(f"todo/lists/{mine['id']}/tasks")) == (404, "ErrorItemNotFound")
