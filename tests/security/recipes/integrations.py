"""Imports, and what the worker could not do."""

from typing import cast

from tests.security.calls import Call, Ref
from tests.security.company import Company
from tests.security.founding import REACTION
from tests.security.recipes.book import PLAIN, RECORDS, bodies

RECORDS.update(
    {
        "event_id": "event.id",
        "file_id": "import_file.id",
        "import_id": "import.id",
        "mapping_id": "import_mapping.id",
        "PUT /api/v1/imports/files/{file_id}/content.file_id": "import_file.receiving",
        "PUT /api/v1/imports/files/{file_id}/parts/{part}.file_id": "import_file.receiving",
    }
)
PLAIN.update(
    {
        # The worksheet of a workbook, what is wrong with a cell, what a unit shall be called.
        "worksheet": "",
        "new_unit": "",
        "GET /api/v1/imports/{import_id}/faults.code": "sheet-unknown-country",
    }
)


@bodies("PUT /api/v1/imports/files/{file_id}/content")
def _whole_file(company: Company) -> list[Call]:
    return [Call(content=b"a,b\n1")]


@bodies("PUT /api/v1/imports/files/{file_id}/parts/{part}")
def _part_of_a_file(company: Company) -> list[Call]:
    # The number of a part names no record.
    return [Call(path={"part": cast(Ref, "1")}, content=b"a,b\n1")]


@bodies("POST /api/v1/imports/{import_id}/check")
def _dry_run(company: Company) -> list[Call]:
    return [Call(body={"mapping": {"columns": {"code": "code", "name": "name"}}, "remember_as": company.mark})]


@bodies("POST /api/v1/imports/{import_id}/run", "POST /api/v1/imports/{import_id}/cancel")
def _nothing_more(company: Company) -> list[Call]:
    return [Call(body={})]


@bodies("POST /api/v1/operations/outbox/drop", "POST /api/v1/operations/outbox/replay")
def _parked(company: Company) -> list[Call]:
    return [Call(body={"items": [{"event_id": company["event.id"], "reaction": REACTION}]})]
