"""A collection's pages, one after the other, by dlt's REST client.

dlt walks from cursor to cursor and puts in the token; what an answer must be is in `rest_session`, where it is parsed,
once.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from dlt.common.configuration.specs.runtime_configuration import RuntimeConfiguration
from dlt.sources.helpers.rest_client.auth import BearerTokenAuth
from dlt.sources.helpers.rest_client.client import RESTClient
from dlt.sources.helpers.rest_client.paginators import BaseReferencePaginator
from requests import Request, Response

from pipelines.declaring.source import Rest
from resources.rest_session import PageSession
from resources.salesforce.patience import Patience
from resources.services import Service


@dataclass(frozen=True, slots=True)
class Page:
    """One page, as JSON that can be read. `told_at`: the service's clock when it answered, None if it does not tell."""

    number: int
    body: bytes
    rows: int
    told_at: datetime | None


def pages(service: Service, collection: Rest, patience: Patience, since: datetime | None) -> Iterator[Page]:
    """Every page of what was updated since; raises SourceError or SystemicError if one cannot be had."""
    with closing(PageSession(service, collection, patience)) as session:
        client = _Client(
            service.url,
            auth=BearerTokenAuth(service.token.get_secret_value()),
            data_selector=collection.data,
            session=session,
            config=RuntimeConfiguration(),  # else dlt would look about for one
        )
        asked: dict[str, Any] = {collection.limit: collection.page}
        if since is not None:
            asked[collection.since] = since.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        walk = client.paginate(
            collection.path,
            params=asked,
            paginator=_Cursor(session, collection.cursor),
            hooks={"response": []},  # a status that is an error has been one in the session
        )
        for number, told in enumerate(walk, 1):
            yield Page(number, session.body, len(told), _moment(told.response))


class _Client(RESTClient):
    """Takes the rows from the session, which has parsed the answer."""

    session: PageSession

    def extract_response(self, response: Response, data_selector: object) -> list[Any]:
        return self.session.data


class _Cursor(BaseReferencePaginator):
    """Asks for the page after, as long as the session knows of one."""

    def __init__(self, session: PageSession, parameter: str) -> None:
        super().__init__()
        self._session = session
        self._parameter = parameter

    def update_state(self, response: Response, data: list[Any] | None = None) -> None:
        self._next_reference = self._session.cursor

    def update_request(self, request: Request) -> None:
        request.params = {**(request.params or {}), self._parameter: self._next_reference}


def _moment(response: Response) -> datetime | None:
    try:
        moment = parsedate_to_datetime(response.headers.get("Date", ""))
    except (ValueError, TypeError):
        return None
    return moment if moment.tzinfo else None
