"""jsforce: SOAP login, REST, both bulk APIs."""

from __future__ import annotations

from tests.clients.workshop import SCRIPTS, Org, Workshop

NAME = "jsforce"
REQUIREMENT = "jsforce@3.10"


def drive(workshop: Workshop, org: Org) -> str:
    """The version that passed."""
    home = workshop.npm("jsforce", REQUIREMENT)
    script = SCRIPTS / "jsforce_all.mjs"
    return workshop.run(["node", script], org, extra={"CLIENT_HOME": str(home)}).strip()
