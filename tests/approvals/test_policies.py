"""Policies are checked when they are saved, and kept by version."""

from typing import Any

import pytest
from tests.approvals.conftest import Desk, person, role, step, user
from tests.support import contents

pytestmark = pytest.mark.slow


async def put(desk: Desk, *items: dict[str, Any]) -> Any:
    answer = await desk.as_["owner"].put("/api/v1/approval-policies", json={"items": list(items)})
    return answer.json()


def faults(answer: Any) -> list[tuple[str, str]]:
    return [(fault["field"], fault["code"]) for fault in answer["faults"]]


GOOD = {
    "code": "big",
    "subject_kind": "thing",
    "name": "大额",
    "condition": "amount > 100",
    "steps": [step("经理", role("sales_manager"))],
}


async def test_everything_wrong_is_named_at_once(desk: Desk) -> None:
    before = await contents(desk.database, desk.tenant)
    bad = {
        "code": "bad",
        "subject_kind": "thing",
        "name": "",
        "condition": "amont > 100",
        "waives": ["limit", "sun"],
        "expires_hours": 0,
        "steps": [
            step("一", mode="of", needed=0),
            step("二", role("nobody"), user("nobody"), person("nobody"), due_hours=0, on_timeout="escalate"),
        ],
    }
    assert faults(await put(desk, GOOD, bad, {"code": "new"}, {**GOOD, "code": "k", "subject_kind": "moon"})) == [
        ("items[1].name", "empty-text"),
    ]
    bad["name"] = "坏"
    assert sorted(
        faults(await put(desk, GOOD, bad, {"code": "new"}, {**GOOD, "code": "k", "subject_kind": "moon"}))
    ) == [
        ("items[1].condition", "condition-unknown-fact"),
        ("items[1].expires_hours", "step-hours"),
        ("items[1].steps[0].approvers", "step-no-approvers"),
        ("items[1].steps[0].needed", "step-needed"),
        ("items[1].steps[1].approvers[0].code", "unknown-code"),
        ("items[1].steps[1].approvers[1].code", "unknown-code"),
        ("items[1].steps[1].approvers[2].word", "unknown-person"),
        ("items[1].steps[1].due_hours", "step-hours"),
        ("items[1].steps[1].escalate_to", "step-escalate-to"),
        ("items[1].waives[1]", "unknown-waiver"),
        ("items[2].condition", "missing-value"),
        ("items[2].name", "missing-value"),
        ("items[2].steps", "missing-value"),
        ("items[2].subject_kind", "missing-value"),
        ("items[3].subject_kind", "unknown-approval-kind"),
    ]
    assert await contents(desk.database, desk.tenant) == before


async def test_only_what_it_says_makes_a_new_version(desk: Desk) -> None:
    assert await put(desk, GOOD) == {"created": 1, "updated": 0, "unchanged": 0, "warnings": []}
    assert (await put(desk, GOOD))["unchanged"] == 1
    assert (await put(desk, {"code": "big", "name": "很大"}))["updated"] == 1
    (policy,) = (await desk.get("owner", "approval-policies"))["items"]
    assert (policy["version"], policy["revision"], policy["name"], policy["uses"]) == (1, 2, "很大", ["amount"])
    assert (await put(desk, {"code": "big", "condition": "amount > 200"}))["updated"] == 1
    (policy,) = (await desk.get("manager", "approval-policies", active=True))["items"]
    assert (policy["version"], policy["condition"], policy["updated_by"]) == (2, "amount > 200", "owner · test")
    kept = await desk.rows(
        "select version, condition from approval_policy_version where tenant_id = $1 order by version"
    )
    assert [(row["version"], row["condition"]) for row in kept] == [(1, "amount > 100"), (2, "amount > 200")]


async def test_a_policy_is_edited_as_it_was_read(desk: Desk) -> None:
    await put(desk, GOOD)
    (policy,) = (await desk.get("owner", "approval-policies"))["items"]
    path = f"/api/v1/approval-policies/{policy['id']}"
    answer = await desk.as_["owner"].patch(path, json={"active": False}, headers={"if-match": "1"})
    assert (answer.status_code, answer.json()["active"], answer.json()["version"]) == (200, False, 1)
    stale = await desk.as_["owner"].patch(path, json={"active": True}, headers={"if-match": "1"})
    assert stale.status_code == 412
    assert await desk.ask() is None


async def test_a_condition_can_be_checked_alone(desk: Desk) -> None:
    body = {"subject_kind": "thing", "condition": "amount > 1 && reason != ''"}
    assert await desk.post("owner", "approval-policies/check", body) == {"uses": ["amount", "reason"]}
    assert await desk.refused("owner", "approval-policies/check", body | {"condition": "amount >"}) == [
        "condition-syntax"
    ]


async def test_kinds_tell_what_policies_may_use(desk: Desk) -> None:
    kinds = {kind["kind"]: kind for kind in (await desk.get("owner", "approval-kinds"))["items"]}
    assert kinds["thing"]["facts"][1] == {
        "name": "margin", "type": "number", "label": "毛利", "label_en": "Margin", "secret": "margin",
    }  # fmt: skip
    assert [word["word"] for word in kinds["thing"]["people"]] == [
        "sales_person", "sales_manager", "department_head", "region_head", "keeper",
    ]  # fmt: skip
    assert [word["word"] for word in kinds["order"]["waives"]] == ["credit"]


async def test_what_has_no_past_cannot_be_tried(desk: Desk) -> None:
    body = {"subject_kind": "thing", "condition": "true"}
    assert await desk.refused("owner", "approval-policies/try", body) == ["no-past"]
