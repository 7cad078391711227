"""Approvals, messages to people, WeCom, and who answers for regions."""

from tests.security.calls import Call
from tests.security.company import Company
from tests.security.recipes.book import PLAIN, RECORDS, bodies

RECORDS.update(
    {
        "request_id": "approval.id",
        "policy_id": "policy.id",
        "delegation_id": "delegation.id",
        "subject_id": "order.id",
        "ColleagueBody.user": "colleague.login",
        "PolicyInput.code": "policy.code",
        "POST /api/v1/approvals/{request_id}/return.request_id": "approval_later.id",
    }
)
PLAIN.update(
    {
        "comment": "",
        "condition": "lines > 4000",
        "subject_kind": "order",
        "GET /api/v1/approvals.subject_kind": "order",
        "GET /api/v1/approval-policies.subject_kind": "order",
    }
)


@bodies("PUT /api/v1/approval-policies")
def _policies(company: Company) -> list[Call]:
    approvers = [
        {"by": "user", "code": company["user.login"]},
        {"by": "role", "code": company["role.code"]},
    ]
    said = {"name": PLAIN["name"], "steps": [{"name": PLAIN["name"], "approvers": approvers}]}
    return [Call(body={"items": [said | {"code": company["policy.code"]}]})]


@bodies("PATCH /api/v1/approval-policies/{policy_id}")
def _policy(company: Company) -> list[Call]:
    return [Call(body={"name": PLAIN["name"]})]


@bodies("POST /api/v1/approvals/{request_id}/decide")
def _decide(company: Company) -> list[Call]:
    return [Call(body={"verdict": "reject", "comment": "no"}), Call(body={"verdict": "approve"})]


@bodies("POST /api/v1/approvals/decide")
def _decide_many(company: Company) -> list[Call]:
    return [Call(body={"ids": [company["approval.id"]], "verdict": "approve"})]


@bodies("POST /api/v1/approvals/{request_id}/return")
def _return(company: Company) -> list[Call]:
    return [Call(body={"to_step": 1, "comment": "again"})]


@bodies("POST /api/v1/approvals/{request_id}/withdraw")
def _withdraw(company: Company) -> list[Call]:
    return [Call(body={"comment": "never mind"})]


@bodies("POST /api/v1/approval-delegations")
def _delegation(company: Company) -> list[Call]:
    span = {"starts_at": "2099-12-01T00:00:00Z", "ends_at": "2100-01-01T00:00:00Z"}
    return [Call(body={"delegate": company["colleague.login"], **span})]


@bodies("PUT /api/v1/region-heads")
def _heads(company: Company) -> list[Call]:
    return [Call(body={"items": [{"region": company["region.code"], "head": company["user.login"]}]})]


@bodies("POST /api/v1/inbox/read")
def _read(company: Company) -> list[Call]:
    return [Call(body={"all": True})]


@bodies("PUT /api/v1/wecom-app")
def _wecom(company: Company) -> list[Call]:
    app = {"corp_id": "ww0123456789abcdef", "agent_id": 5, "secret": "a-secret-of-enough-length", "active": True}
    return [Call(body=app)]


@bodies("PUT /api/v1/wecom-people")
def _people(company: Company) -> list[Call]:
    return [Call(body={"items": [{"login": company["user.login"], "wecom_user": "Somebody"}]})]
