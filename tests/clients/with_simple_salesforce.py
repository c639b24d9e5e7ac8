"""simple-salesforce: login through the proxy, REST, both bulk APIs."""

from __future__ import annotations

from tests.clients.workshop import SCRIPTS, Org, Workshop

NAME = "simple-salesforce"
PROXY = True


def drive(workshop: Workshop, org: Org) -> str:
    """The version that passed."""
    python = workshop.venv("simple-salesforce", "simple-salesforce==1.12.*") / "python"
    return workshop.run([python, SCRIPTS / "simple_salesforce_all.py"], org).strip()
