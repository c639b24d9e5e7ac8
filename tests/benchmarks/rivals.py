"""How others write a feed to an org: everything, upserted by key in one bulk job. Each gives the cells that it sent."""

from __future__ import annotations

import csv
import os
import warnings
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
from simple_salesforce.bulk2 import SFBulk2Type

from tests.benchmarks.town import COLUMNS, Cell, client
from tests.resources.salesforce.embedded import Embedded


def _records(feed: Path) -> list[dict[str, str]]:
    with feed.open(encoding="utf-8", newline="") as file:
        return [{COLUMNS[name]: value for name, value in row.items()} for row in csv.DictReader(file)]


def _sent(records: list[dict[str, str]]) -> dict[Cell, str]:
    """Blank cells leave the org alone, and the key is not written but looked up."""
    return {
        (record["Source_Key__c"], field): value
        for record in records
        for field, value in record.items()
        if value and field != "Source_Key__c"
    }


def simple_salesforce(feed: Path, org: Embedded) -> Mapping[Cell, str]:
    """`sf.bulk2.Account.upsert` of the whole feed, its own waiting times included."""
    records = _records(feed)
    sf = client(org)
    accounts = SFBulk2Type("Account", sf.bulk2_url, sf.headers, sf.session)
    outcomes = accounts.upsert(records=records, external_id_field="Source_Key__c")
    assert sum(int(each["numberRecordsFailed"]) for each in outcomes) == 0
    return _sent(records)


class _ByClientCredentials(httpx.Client):
    """drt knows the password grant alone, which new orgs and the sandbox refuse: its token request is reworded."""

    def post(self, url: Any, **given: Any) -> httpx.Response:
        if str(url).endswith("/services/oauth2/token"):
            given["data"] = {**given["data"], "grant_type": "client_credentials"}
        return super().post(url, **given)


def drt(feed: Path, org: Embedded) -> Mapping[Cell, str]:
    """drt-core's destination `salesforce_bulk` on the whole feed, polling every 5 seconds (30 by default)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from drt.config.models import SalesforceBulkDestinationConfig, SyncOptions
        from drt.destinations import salesforce_bulk
    variables = {
        "BENCH_CLIENT_ID": org.connection.client_id,
        "BENCH_CLIENT_SECRET": org.connection.client_secret,
        "BENCH_USERNAME": org.connection.username,
        "BENCH_PASSWORD": "not asked for",
        "SSL_CERT_FILE": org.connection.ca_file,
    }
    config = SalesforceBulkDestinationConfig(
        type="salesforce_bulk",
        instance_url=org.connection.url,
        object_name="Account",
        operation="upsert",
        external_id_field="Source_Key__c",
        poll_interval_seconds=5,
        client_id_env="BENCH_CLIENT_ID",
        client_secret_env="BENCH_CLIENT_SECRET",
        username_env="BENCH_USERNAME",
        password_env="BENCH_PASSWORD",
    )
    records = _records(feed)
    usual = salesforce_bulk.httpx
    salesforce_bulk.httpx = SimpleNamespace(Client=_ByClientCredentials, Response=httpx.Response)
    os.environ.update(variables)
    try:
        destination = salesforce_bulk.SalesforceBulkDestination()
        destination.stage(records, config, SyncOptions())
        result = destination.finalize(config, SyncOptions())
    finally:
        salesforce_bulk.httpx = usual
        for name in variables:
            os.environ.pop(name)
    assert (result.failed, result.success) == (0, len(records)), result
    return _sent(records)
