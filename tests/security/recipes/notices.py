"""Notices and policies."""

from tests.security.calls import Call
from tests.security.company import Company
from tests.security.recipes.book import PLAIN, RECORDS, WITHOUT_BODY, bodies

RECORDS.update(
    {
        "notice_id": "notice.id",
        "POST /api/v1/notices/{notice_id}/publish.notice_id": "notice_draft.id",
        "DELETE /api/v1/notices/{notice_id}.notice_id": "notice_draft.id",
    }
)
PLAIN.update({"title": ""})
WITHOUT_BODY.update({"/read"})


@bodies("POST /api/v1/notices")
def _notice(company: Company) -> list[Call]:
    kinds = ("customer", "tier", "region", "channel")
    audience = [{"kind": kind, "code": company[f"{kind}.code"]} for kind in kinds]
    file = {"sha256": company["file.sha256"], "name": PLAIN["name"]}
    new = {"title": PLAIN["name"], "picture": company["file.sha256"], "attachments": [file], "audience": audience}
    return [Call(body=new | {"kind": kind}) for kind in ("notice", "policy", "banner")]


@bodies("PATCH /api/v1/notices/{notice_id}")
def _edited_notice(company: Company) -> list[Call]:
    changes = {"title": PLAIN["name"], "audience": [{"kind": "customer", "code": company["customer.code"]}]}
    return [Call(path={"notice_id": company[kind]}, body=changes) for kind in ("notice.id", "notice_draft.id")]


@bodies("POST /api/v1/notices/files")
def _attachment(company: Company) -> list[Call]:
    return [Call(content=f"%PDF-1.7 {company.mark}".encode())]
