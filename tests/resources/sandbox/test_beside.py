"""Other services beside the org: in its process, at its port, under its CA, in its state directory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import requests

from resources.sandbox.beside import specification
from resources.sandbox.launch import Connection, attach, running

SERVICE = "resources.engage_sandbox:service"


def test_a_service_is_served_beside_the_org_and_found_by_others(tmp_path: Path) -> None:
    with running(tmp_path / "org", beside={"one": SERVICE, "two": SERVICE}) as served:
        assert attach(tmp_path / "org") == served
        one, two = served.beside["one"], served.beside["two"]
        assert (one.url, two.admin_url) == (f"{served.url}/one", f"{served.url}/two/admin")
        assert {one.token, one.admin_token}.isdisjoint({two.token, two.admin_token})
        headers = {"Authorization": f"Bearer {one.token}"}
        told = requests.get(f"{one.url}/v1/profiles", headers=headers, verify=served.ca_file, timeout=10)
        assert told.json() == {"data": [], "next_cursor": None}
        org = requests.get(f"{served.url}/services/data", verify=served.ca_file, timeout=10)
        assert org.status_code == 200
        assert [answer.headers["Date"].count("GMT") for answer in (told, org)] == [1, 1]
    assert (tmp_path / "org" / "one" / "engage.db").exists()
    with running(tmp_path / "org", beside={"one": SERVICE}) as again:
        assert again.beside["one"].token == one.token


def test_an_org_alone_has_nothing_beside_it(tmp_path: Path) -> None:
    with running(tmp_path / "org") as served:
        assert served.beside == {}
        assert requests.get(f"{served.url}/engage/v1/profiles", verify=served.ca_file, timeout=10).status_code == 404


def test_what_an_older_sandbox_said_of_itself_is_understood() -> None:
    names = [name for name in Connection.__dataclass_fields__ if name not in ("beside", "proxy", "pid")]
    told = "{" + ", ".join(f'"{name}": "x"' for name in names) + ', "pid": 1}'
    assert Connection.from_json(told.encode()).beside == {}


@pytest.mark.parametrize("text", ["engage", "=a:b", "Engage=a:b", "a/b=a:b", "sandbox=a:b", "services=a:b", "x=a.b"])
def test_a_name_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=f"{text!r} is not NAME=MODULE:FACTORY"):
        specification(text)


def test_the_option_says_what_it_takes(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "resources.sandbox", "--state", str(tmp_path), "--beside", "id=a:b"]
    root = Path(__file__).parents[3]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=root)
    assert done.returncode == 2
    assert "--beside" in done.stderr
