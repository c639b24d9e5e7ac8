"""What ingest and query jobs of Bulk API 2.0 have in common: where they live, how they stand, how to wait for them.

A wait never ends a job. Questions that find no answer are asked again until `OUTAGE` is over; the job goes on meanwhile
and can be waited for again by its id.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, Literal

from pipelines.ports.crm import JobInfo
from pipelines.ports.world import Progress
from resources.salesforce.errors import Refused, Unavailable, body, job_message
from resources.salesforce.polling import LONGEST, Rhythm
from resources.salesforce.session import OrgSession

log = logging.getLogger(__name__)

Kind = Literal["ingest", "query"]

OUTAGE = 900.0
"""Seconds for which an org may be out of reach before a wait gives up."""


class Jobs:
    """The jobs of one kind."""

    def __init__(self, session: OrgSession, kind: Kind) -> None:
        self.session = session
        self.path = f"jobs/{kind}"

    def create(self, request: Mapping[str, str]) -> str:
        """The id of a new job. Repeated when no answer comes: a job nobody uploads to never runs."""
        return str(body(self.session.call("POST", self.path, json=dict(request), safe=True))["id"])

    def look(self, job_id: str) -> JobInfo:
        """How the job stands now."""
        try:
            return _info(body(self.session.call("GET", f"{self.path}/{job_id}")))
        except Refused as refused:
            if refused.status != 404:
                raise
            return JobInfo(job_id, "Gone")

    def wait(self, job_id: str, rhythm: Rhythm, progress: Progress) -> JobInfo:
        """How the job stood when it had ended, or at once when it is Open or Gone."""
        processed, silence = None, 0.0
        while True:
            pause = min(rhythm.pause(processed), LONGEST)
            self.session.patience.sleep(pause)
            try:
                info = self.look(job_id)
            except Unavailable as unavailable:
                silence += pause
                if silence >= OUTAGE:
                    raise
                log.warning("job %s goes on, but its state is not to be had: %s", job_id, unavailable.code)
                processed = processed or 0
                continue
            processed, silence = info.processed, 0.0
            progress("load", processed, rhythm.rows)
            if info.state not in ("UploadComplete", "InProgress"):
                return info


def _info(told: Mapping[str, Any]) -> JobInfo:
    return JobInfo(
        job_id=told["id"],
        state=told["state"],
        processed=told.get("numberRecordsProcessed") or 0,
        failed=told.get("numberRecordsFailed") or 0,
        message=job_message(told.get("errorMessage") or ""),
    )
