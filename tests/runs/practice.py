"""One account and one user in an org, and a profile service beside: who is in touch is played in it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from resources.salesforce.org import SalesforceOrg
from tests.runs.place import Place
from tests.runs.service import Service

PROFILE, CONNECTION = "Engage_Profile__c", "Engage_Connection__c"


class Practice:
    """One account, one user, and a service whose keys begin with the user's name."""

    def __init__(self, here: Place, name: str) -> None:
        self.here, self.name, self.service = here, name, Service()
        self.user = self.hires(name)
        here.feed("institutions", [{"institution_id": f"{name}-clinic", "name": "Clinic"}])
        here.org.seed("Account", [{"Name": "Clinic", "Source_Key__c": f"{name}-clinic"}])
        here.run("accounts", approved=True)

    def hires(self, name: str) -> str:
        """Another user of the org; the id."""
        who = {"Username": f"{name}@example.org", "Email": f"{name}@example.org", "LastName": name, "Alias": name}
        (user,) = self.here.org.seed("User", [{**who, "FederationIdentifier": name}])
        return user

    def profile(self, **told: Any) -> None:
        self.service.profile(f"{self.name}-p", **{"account_ids": [f"{self.name}-clinic"], **told})

    def connection(self, **told: Any) -> None:
        self.service.connection(
            f"{self.name}-c", **{"profile_id": f"{self.name}-p", "user_id": self.name, "updated_at": _now(), **told}
        )

    def called(self, name: str | None) -> None:
        """The user has this federation identifier from now on."""
        told = {"sobject": "User", "ids": [self.user], "fields": {"FederationIdentifier": name}}
        self.here.org.do("records/edit", told)

    def sync(self, **request: Any) -> tuple[str, str]:
        """What became of the profile and of the connection."""
        for report in self.service.sync(self.here, **request):
            assert report.error is None, report.message
        keys = (("profiles", f"{self.name}-p"), ("connections", f"{self.name}-c"))
        return tuple(self.here.outcomes(entity).get(key, "not told") for entity, key in keys)  # type: ignore[return-value]

    @property
    def status(self) -> Any:
        return self.record(PROFILE)["Connection_Status__c"]

    def record(self, sobject: str) -> dict[str, Any]:
        """The first of them by its key."""
        return next(iter(self.records(sobject)), {})

    def records(self, sobject: str) -> list[dict[str, Any]]:
        """Those of this practice, in the order of their keys."""
        with SalesforceOrg(self.here.settings()) as org:
            pages = org.snapshot(sobject, list(org.describe(sobject).fields), since=None).pages
            rows = [row for page in pages for row in page.to_pylist()]
        ours = [row for row in rows if str(row["External_Id__c"]).startswith(f"{self.name}-")]
        return sorted(ours, key=lambda row: str(row["External_Id__c"]))


def _now() -> str:
    return datetime.now(UTC).isoformat()
