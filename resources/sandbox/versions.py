"""Which API versions there are, and what each offers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .endpoint import NEWEST_VERSION, OLDEST_VERSION, Answer, Call, Route
from .oauth import base_url

if TYPE_CHECKING:
    from .org import Org

_SEASONS = ("Spring", "Summer", "Winter")
_SPRING_14 = 30
_RESOURCES = ("composite", "jobs", "limits", "query", "queryAll", "sobjects")


def routes(org: Org) -> list[Route]:
    return [
        Route("/services/data", {"GET": _versions}, open_to_all=True, counted=False),
        Route("/services/data/v{version}", {"GET": _resources}),
    ]


def _versions(call: Call) -> Answer:
    numbers = range(OLDEST_VERSION, NEWEST_VERSION + 1)
    return Answer(body=[{"label": _label(n), "url": f"/services/data/v{n}.0", "version": f"{n}.0"} for n in numbers])


def _label(number: int) -> str:
    year, season = divmod(number - _SPRING_14, 3)
    return f"{_SEASONS[season]} '{14 + year + (season == 2)}"


def _resources(call: Call) -> Answer:
    resources = {name: call.url(name) for name in _RESOURCES}
    return Answer(body={**resources, "identity": f"{base_url(call)}/id/{call.org.identity.org_id}/{call.user.id}"})
