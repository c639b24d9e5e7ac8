"""Where foreign clients are installed and driven: a scratch folder, an environment of their own, a fresh sandbox org.

What each client is asked to do is in the module named after it (`with_…`).
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import venv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path
from tempfile import TemporaryDirectory

from resources.sandbox.administration import Administrator
from resources.sandbox.launch import Connection, running

SCRIPTS = Path(__file__).parent / "scripts"
INSTALL_SECONDS = 900.0
RUN_SECONDS = 300.0
_LONGEST_COMPLAINT = 1000


class ClientFailed(Exception):
    """The client did not do what it was asked."""


class NotInstalled(ClientFailed):
    """The client could not be installed."""


@dataclass(frozen=True, slots=True)
class Org:
    """A fresh sandbox org: how to reach it, and its administrator."""

    connection: Connection
    admin: Administrator

    @property
    def home(self) -> Path:
        """A home folder for its client, as new as the org."""
        home = Path(self.connection.state).parent / "home"
        home.mkdir(exist_ok=True)
        return home

    def expect(self, count: int, sobject: str, where: str = "1 = 1") -> None:
        """So many living records fulfil an SQL condition, as the org's own store has it."""
        with closing(sqlite3.connect(f"file:{self.connection.state}/org.db?mode=ro", uri=True)) as db:
            sql = f'select count(*) from "{sobject}" where "IsDeleted" = 0 and {where}'
            [(found,)] = db.execute(sql).fetchall()
        of = f"{sobject} where {where}"
        expect({of: found}, {of: count})

    def expect_calls(self, path: str) -> None:
        """Since this was last asked some call had that in its path."""
        paths = {call["path"] for call in self.admin.calls()}
        self.admin.forget_calls()
        if not any(path in called for called in paths):
            raise ClientFailed(f"none of its calls went to {path}: {', '.join(sorted(paths))}")


@contextmanager
def fresh_org(*, proxy: bool = False) -> Iterator[Org]:
    """An org that is gone afterwards."""
    with (
        TemporaryDirectory(prefix="sandbox-") as folder,
        running(Path(folder) / "org", proxy=0 if proxy else None) as connection,
    ):
        connection.publish()
        yield Org(connection, Administrator(connection))


@dataclass(frozen=True, slots=True)
class Workshop:
    """What is installed in `root` stays there for the next time."""

    root: Path

    def venv(self, name: str, *requirements: str) -> Path:
        """The folder of programs of a virtual environment that has those distributions."""
        folder = self.root / name
        ready = folder / "requirements.txt"
        if not ready.exists() or ready.read_text() != "\n".join(requirements):
            venv.create(folder, clear=True, with_pip=True)
            pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
            _install([*pip, *requirements], folder)
            ready.write_text("\n".join(requirements))
        return folder / "bin"

    def npm(self, name: str, *packages: str) -> Path:
        """The folder in which those packages are installed."""
        folder = self.root / name
        ready = folder / "packages.txt"
        if not ready.exists() or ready.read_text() != "\n".join(packages):
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "package.json").write_text('{"private": true}')
            quietly = ["--no-audit", "--no-fund", "--loglevel=error"]
            impatiently = ["--fetch-retries=1", "--fetch-retry-mintimeout=1000"]  # without a network it fails at once
            _install(["npm", "install", *quietly, *impatiently, *packages], folder)
            ready.write_text("\n".join(packages))
        return folder

    def run(
        self,
        command: Sequence[str | Path],
        org: Org,
        *,
        extra: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> str:
        """What the command prints; ClientFailed, with the end of what it said, unless it ends with 0."""
        done = self.tried(command, org, extra=extra, cwd=cwd)
        if done.returncode:
            told = f"{done.stdout[-_LONGEST_COMPLAINT:]}\n{done.stderr[-_LONGEST_COMPLAINT:]}".strip()
            raise ClientFailed(f"{' '.join(map(str, command[:4]))} … ended with {done.returncode}: {told}")
        return done.stdout

    def tried(
        self,
        command: Sequence[str | Path],
        org: Org,
        *,
        extra: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """The command, ended in whatever way."""
        try:
            return subprocess.run(
                list(map(str, command)),
                env={**self.environment(org), **(extra or {})},
                cwd=cwd,
                capture_output=True,
                text=True,
                timeout=RUN_SECONDS,
                check=False,
                stdin=subprocess.DEVNULL,
            )
        except subprocess.TimeoutExpired as error:
            raise ClientFailed(f"{' '.join(map(str, command[:4]))} … did not end within {RUN_SECONDS:.0f} s") from error

    def environment(self, org: Org) -> dict[str, str]:
        """What a client sees of this machine: a home of its own, and the CA of the sandbox as one to trust."""
        connection = org.connection
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(org.home),
            "LANG": "C.UTF-8",
            "SANDBOX": str(Path(connection.state) / "connection.json"),
            "NODE_EXTRA_CA_CERTS": connection.ca_file,
            "REQUESTS_CA_BUNDLE": connection.ca_file,
            "SSL_CERT_FILE": connection.ca_file,
        }


def expect(found: object, wanted: object) -> None:
    if found != wanted:
        raise ClientFailed(f"{found!r:.500} where {wanted!r:.500} was expected")


def version_in(programs: Path, distribution: str) -> str:
    """Which version of it the virtual environment has."""
    places = [str(place) for place in programs.parent.glob("lib/python*/site-packages")]
    (found,) = distributions(name=distribution, path=places)  # whichever way an older pip installed it
    return found.version


def _install(command: Sequence[str], folder: Path) -> None:
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False, env=_own()
        )
    except (FileNotFoundError, subprocess.TimeoutExpired) as error:
        raise NotInstalled(f"could not be installed: {error}") from error
    if done.returncode:
        raise NotInstalled(f"could not be installed: {done.stderr.strip()[-_LONGEST_COMPLAINT:]}")


def _own() -> dict[str, str]:
    """Our environment without what would lead a client's interpreter to our packages."""
    return {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
