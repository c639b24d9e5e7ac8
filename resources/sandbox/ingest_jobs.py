"""Ingest jobs through their states: Open → UploadComplete → InProgress → JobComplete or Failed, or Aborted on the way.

How rows are saved is in `ingest_processing`, how calls come in and answers go out in `ingest`.
"""

from __future__ import annotations

from .absent_objects import remark
from .background import Background
from .bulk_jobs import ENDED, WAITING, Job, Jobs, check_format, not_one_of, wrong_state
from .errors import ApiError
from .files import write_private
from .ingest_processing import BATCH, CONTENT, IngestProcessing
from .org import Org
from .permissions import HARD_DELETE, User
from .stuck_jobs import Stuck

LARGEST_UPLOAD = 150 * 1024 * 1024 * 3 // 4
WORKERS = 3
"""So many jobs are worked off at the same time."""
OPERATIONS = ("insert", "update", "upsert", "delete", "hardDelete")


class IngestJobs:
    """The ingest jobs of an org; those that its last stop cut short go on at once, the open ones stay open."""

    def __init__(self, org: Org, *, batch: int = BATCH) -> None:
        self._org = org
        self.jobs = Jobs(org, "ingest", Job)
        self.processing = IngestProcessing(org, self.jobs, batch=batch)
        self._background = Background("ingest", self._work, self._broke, WORKERS)
        self._stuck = Stuck(self._background.start)
        org.faults.on_change(self._stuck.release)
        org.on_close(self._pause)
        org.snapshots.around(self._pause, self._go_on)
        self._start_waiting()

    def create(self, user: User, version: float, asked: dict[str, object]) -> Job:
        """An open job as asked for; ApiError if no such job can be."""
        check_format(asked)
        now = self._org.now()
        job = Job(
            id=self.jobs.new_id(),
            operation=_operation(asked, user),
            state="Open",
            user=user.id,
            username=user.username,
            created=now,
            modified=now,
            version=version,
            sobject=self._sobject(user, asked),
            delimiter=str(asked.get("columnDelimiter") or "COMMA"),
            line_ending=str(asked.get("lineEnding") or "LF"),
            external_id_field=_text(asked, "externalIdFieldName"),
            assignment_rule=_text(asked, "assignmentRuleId"),
        )
        self._check_key(job, user)
        self.jobs.add(job)
        return job

    def upload(self, job_id: str, content: bytes) -> None:
        """The content is the job's; a job takes content once, while it is open."""
        with self.jobs.change(job_id) as job:
            if job.uploaded:
                message = (
                    f"Found multiple contents for job: <{job.id}>, please 'Close' / 'Abort' / 'Delete' the current Job "
                    "then create a new Job and make sure you only do 'PUT' once on a given Job."
                )
                raise ApiError(400, "CLIENTINPUTERROR", message)
            if job.state != "Open":
                raise wrong_state(f"Uploading to a job in state {job.state} not allowed")
            if len(content) > LARGEST_UPLOAD:
                message = f"The upload has {len(content)} bytes; {LARGEST_UPLOAD} (150 MB in base64) are allowed"
                raise ApiError(413, "REQUEST_ENTITY_TOO_LARGE", message)
            write_private(self.jobs.folder(job.id) / CONTENT, content)
            job.uploaded = True

    def close(self, job_id: str) -> Job:
        """The open job is handed to the background, which works off a few at a time."""
        with self.jobs.change(job_id) as job:
            if job.state != "Open":
                raise wrong_state(f"Closing already {_spoken(job.state)} Job not allowed")
            job.state = "UploadComplete"
        self._background.start(job.id)
        return job

    def abort(self, job_id: str) -> Job:
        """The job takes no further batch; what it saved stays."""
        with self.jobs.change(job_id) as job:
            if job.state in ENDED:
                raise wrong_state(f"Aborting already {_spoken(job.state)} Job not allowed")
            job.state = "Aborted"
        return job

    def delete(self, job_id: str) -> None:
        """The job and its results are gone; refused while it is open or being worked off."""
        job = self.jobs.get(job_id)
        if job.state not in ENDED | {"UploadComplete"}:
            raise wrong_state(f"Deleting a job in state {job.state} not allowed")
        self.jobs.remove(job.id)
        self.processing.forget(job)

    def _sobject(self, user: User, asked: dict[str, object]) -> str:
        name = str(asked.get("object") or "")
        found = self._org.catalogue.get(name)
        if found is None or not user.may("read", found.name):
            raise ApiError(400, "INVALIDENTITY", f"Entity '{name}' is not supported by the Bulk API.{remark(name)}")
        return found.name

    def _check_key(self, job: Job, user: User) -> None:
        if job.operation != "upsert":
            return
        if not job.external_id_field:
            message = f"External ID was blank for {job.sobject}. An external ID must be specified for upsert."
            raise ApiError(400, "INVALIDJOB", f"InvalidJob : {message}")
        key = self._org.catalogue[job.sobject].field(job.external_id_field)
        if key is None or not key.usable_as_key or not user.can_read(job.sobject, key.name):
            message = (
                f"Field name provided, {job.external_id_field} does not match an External ID, Salesforce Id, "
                f"or indexed field for {job.sobject}"
            )
            raise ApiError(400, "INVALIDJOB", f"InvalidJob : {message}")

    def _pause(self) -> None:
        self._stuck.close()
        self._background.close()

    def _go_on(self) -> None:
        self._background.go_on()
        self._start_waiting()

    def _start_waiting(self) -> None:
        for job in self.jobs.all():
            if job.state in WAITING:
                self._background.start(job.id)

    def _work(self, job_id: str) -> None:
        fault = self.processing.run(job_id, self._background.stopping)
        if fault is not None:
            self._stuck.hold(job_id, fault.seconds)
            # Rules that changed before the job was held have released nothing.
            if not any(rule is fault for rule in self._org.faults.rules()):
                self._stuck.release()

    def _broke(self, job_id: str, error: BaseException) -> None:
        with self.jobs.change(job_id) as job:
            job.state = "Failed"
            job.error = f"InternalServerError : {type(error).__name__}"


def _operation(asked: dict[str, object], user: User) -> str:
    operation = asked.get("operation")
    if operation == "hardDelete" and not user.has(HARD_DELETE):
        message = (
            "hardDelete operation requires special user profile permission, please contact your system administrator"
        )
        raise ApiError(400, "FEATURENOTENABLED", message)
    if operation not in OPERATIONS:
        raise not_one_of("operation", operation, OPERATIONS)
    return str(operation)


def _text(asked: dict[str, object], name: str) -> str | None:
    value = asked.get(name)
    return None if value is None else str(value)


def _spoken(state: str) -> str:
    return {"JobComplete": "Completed", "UploadComplete": "Closed"}.get(state, state)
