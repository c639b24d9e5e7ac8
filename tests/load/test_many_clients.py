"""Two hundred clients at once: each sees its own records and no others, whole and as it wrote them last."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests

from resources.sandbox.launch import Connection, running
from tests.benchmarks.measuring import tell

pytestmark = pytest.mark.load

CLIENTS = 200
ROUNDS = 5


class Client:
    """One client with a session of its own; every answer is held against what must be true for it alone."""

    def __init__(self, number: int, connection: Connection) -> None:
        self.name = f"client{number}"
        self.wrong: list[str] = []
        self.calls = 0
        self._base = f"{connection.url}/services/data/v62.0"
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.verify = connection.ca_file
        login = {"client_id": connection.client_id, "client_secret": connection.client_secret}
        token = self._session.post(
            connection.token_url, data={"grant_type": "client_credentials", **login}, timeout=300
        ).json()["access_token"]
        self._session.headers["Authorization"] = f"Bearer {token}"

    def live(self) -> None:
        """A few rounds of making, changing, reading and counting."""
        for turn in range(ROUNDS):
            key = f"{self.name}-{turn}"
            made = self._ask("POST", "sobjects/Account", json={"Name": key, "Source_Key__c": key})
            self._expect(made["success"], f"{key} was not created: {made}")
            self._ask("PATCH", f"sobjects/Account/{made['id']}", json={"BillingCity": key, "NumberOfEmployees": turn})
            again = self._ask("PATCH", f"sobjects/Account/Source_Key__c/{key}", json={"Phone": key})
            self._expect(again["id"] == made["id"] and not again["created"], f"{key} was upserted elsewhere: {again}")
            read = self._ask("GET", f"sobjects/Account/{made['id']}")
            seen = [read[name] for name in ("Name", "BillingCity", "NumberOfEmployees", "Phone")]
            self._expect(seen == [key, key, turn, key], f"{key} was read as {seen}")
            batch = [{"attributes": {"type": "Contact"}, "LastName": key, "AccountId": made["id"]} for _ in range(20)]
            results = self._ask("POST", "composite/sobjects", json={"allOrNone": False, "records": batch})
            self._expect(all(result["success"] for result in results), f"people of {key} were refused")
            found = self._ask(
                "GET", "query", params={"q": f"select count(Id) n from Contact where Account.Source_Key__c = '{key}'"}
            )
            self._expect(found["records"][0]["n"] == 20, f"{key} has {found['records'][0]['n']} people")
        pages = self._ask("GET", "query", params={"q": f"select Name from Account where Name like '{self.name}-%'"})
        names = {record["Name"] for record in pages["records"]}
        self._expect(names == {f"{self.name}-{turn}" for turn in range(ROUNDS)}, f"{self.name} sees {sorted(names)}")

    def _ask(self, method: str, path: str, **more: Any) -> Any:
        self.calls += 1
        answer = self._session.request(method, f"{self._base}/{path}", timeout=300, **more)
        self._expect(answer.ok, f"{method} {path}: {answer.status_code} {answer.text[:200]}")
        return answer.json() if answer.content else None

    def _expect(self, right: bool, wrong: str) -> None:  # noqa: FBT001
        if not right:
            self.wrong.append(wrong)


def test_two_hundred_clients_get_no_wrong_answer(tmp_path: Path) -> None:
    with running(tmp_path / "org", daily_limit=1_000_000) as connection:
        clients = [Client(number, connection) for number in range(CLIENTS)]
        began = time.monotonic()
        with ThreadPoolExecutor(CLIENTS) as pool:
            list(pool.map(Client.live, clients))
        seconds = time.monotonic() - began
    calls = sum(client.calls for client in clients)
    wrong = [text for client in clients for text in client.wrong]
    tell("many clients", clients=CLIENTS, calls=calls, seconds=round(seconds, 1), wrong=len(wrong))
    assert wrong == []
