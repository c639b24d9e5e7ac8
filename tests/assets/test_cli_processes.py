"""The command line as processes of their own: what is served, what Ctrl-C does, and that stdout holds JSON alone."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from tests.assets.shell import Shell, town

ROOT = Path(__file__).parents[2]
CONCORD = [sys.executable, "-c", "from assets.cli import main; main()"]


@contextmanager
def concord(*words: str, **env: str) -> Iterator[subprocess.Popen[str]]:
    """The command as a process; it has ended afterwards."""
    paths = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    pipe = subprocess.PIPE
    process = subprocess.Popen(
        [*CONCORD, *words], env={**os.environ, "PYTHONPATH": paths, **env}, stdout=pipe, stderr=pipe, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def first_line(stream: IO[str] | None) -> str:
    return stream.readline() if stream else ""


def test_an_empty_sandbox_serves_until_it_is_told_to_stop(tmp_path: Path) -> None:
    with concord("sandbox", "--empty", "--json", "--proxy", "0", "--state", str(tmp_path / "org")) as process:
        told = json.loads(first_line(process.stdout))
        assert told["proxy"].startswith("http://127.0.0.1:")
        assert told["url"].startswith("https://localhost:")
        assert Path(told["ca_file"]).exists()
        with concord("sandbox", "--state", str(tmp_path / "org")) as second:
            assert (second.wait(30), "already" in (second.stderr.read() if second.stderr else "")) == (1, True)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


def test_ctrl_c_ends_a_sync_that_the_next_one_goes_on_with(tmp_path: Path) -> None:
    with town(tmp_path / "town") as shell:
        shell.feed("institutions", many_stale(shell, 150))
        shell.admin.set_faults({"path": "composite/sobjects", "method": "PATCH", "action": "delay", "seconds": 6})
        with concord("sync", "accounts", "--json", **shell.environment) as process:
            wait_until_it_writes(shell)
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=60)
        assert process.returncode == 130, (out, err)
        assert json.loads(out)["error"] == "interrupted"
        assert "the next run goes on" in err
        shell.admin.set_faults()
        assert shell("history", "accounts", "--json").json[0]["error"] == "interrupted"
        again = shell("sync", "accounts", "--json")
        assert again.json["extracted"] == sum(again.json["outcomes"].values()) == 150
        assert shell("sync", "accounts", "--json").json["cells"] == 0


def test_the_module_itself_is_the_command(home: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "assets.cli", "--version"],
        cwd=ROOT,
        env={**os.environ, "CONCORD_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ran.returncode, ran.stdout.split()[0], ran.stderr) == (0, "concord", "")


def many_stale(shell: Shell, count: int) -> str:
    """A feed of institutions whose records are in the org under old names."""
    shell.admin.seed(
        "Account", [{"Name": f"Old {n}", "Source_Key__c": f"S{n}", "Source_Status__c": "A"} for n in range(count)]
    )
    rows = [f"S{n},New {n},A,2026-01-01\n" for n in range(count)]
    return "institution_id,name,status,updated_at\n" + "".join(rows)


def wait_until_it_writes(shell: Shell) -> None:
    """Until a write has reached the org and waits for its answer."""
    deadline = time.monotonic() + 110
    while not shell.faults_met():
        assert time.monotonic() < deadline, "the sync wrote nothing"
        time.sleep(0.1)
