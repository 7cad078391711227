"""No path to `approved` without every step: whatever people do, in whatever order."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dinghuo.approvals.flow import Flow, Origin, Step

PEOPLE = [UUID(int=n) for n in range(1, 9)]
A, B, C, D = PEOPLE[:4]


def asked(flow: Flow, *users: UUID) -> Flow:
    flow.ask(dict.fromkeys(users, "policy"))
    return flow


def state(flow: Flow) -> str:
    """Looked at anew."""
    return flow.state


def one_step(mode: str, needed: int | None = None, *users: UUID) -> Flow:
    return asked(Flow({1: Step(1, mode, needed)}), *users)  # type: ignore[arg-type]


def test_any_is_done_with_the_first() -> None:
    flow = one_step("any", None, A, B)
    assert not flow.approve([A])
    assert (flow.state, flow.steps[1].state) == ("approved", "done")
    assert {user: task.state for user, task in flow.steps[1].tasks.items()} == {A: "approved", B: "closed"}
    assert flow.askable([B]) == []


def test_all_waits_for_everybody() -> None:
    flow = one_step("all", None, A, B)
    flow.approve([A])
    assert (flow.state, flow.askable([A, B])) == ("open", [B])
    flow.approve([B])
    assert flow.state == "approved"


def test_of_waits_for_enough_but_not_for_more_than_there_are() -> None:
    flow = one_step("of", 2, A, B, C)
    flow.approve([A])
    assert state(flow) == "open"
    flow.approve([C])
    assert state(flow) == "approved"
    alone = one_step("of", 2, A)
    alone.approve([A])
    assert alone.state == "approved"


def test_one_refusal_refuses_the_whole() -> None:
    flow = one_step("any", None, A, B)
    flow.reject([B])
    assert (flow.state, flow.steps[1].state) == ("rejected", "rejected")


def test_who_was_added_has_to_agree_whatever_the_mode() -> None:
    flow = one_step("any", None, A, B)
    flow.add(C)
    flow.approve([A])
    assert (flow.state, flow.askable([B, C])) == ("open", [B, C])
    flow.approve([C])
    assert flow.state == "approved"


def test_who_is_added_does_not_stand_for_those_asked() -> None:
    flow = one_step("all", None, A)
    flow.add(C)
    flow.approve([C])
    assert state(flow) == "open"
    flow.approve([A])
    assert state(flow) == "approved"


def test_what_was_handed_over_is_somebody_elses() -> None:
    flow = one_step("all", None, A, B)
    flow.hand_over(A, C)
    assert flow.askable([A, B, C]) == [B, C]
    flow.approve([B, C])
    assert flow.state == "approved"


def test_who_it_was_escalated_to_counts_for_all_of_them() -> None:
    flow = one_step("all", None, A, B)
    flow.add(D, "escalated")
    flow.approve([D])
    assert flow.state == "approved"


def test_a_step_returned_to_is_asked_again_and_all_after_it() -> None:
    flow = asked(Flow({1: Step(1), 2: Step(2), 3: Step(3)}), A)
    assert flow.approve([A])
    asked(flow, B)
    assert flow.approve([B])
    asked(flow, C)
    flow.send_back(1)
    assert [step.state for step in flow.steps.values()] == ["waiting", "waiting", "waiting"]
    asked(flow, A)
    assert (flow.step.round, flow.askable(PEOPLE)) == (2, [A])
    flow.approve([A])
    asked(flow, B)
    flow.approve([B])
    asked(flow, C)
    flow.approve([C])
    assert (flow.state, [step.round for step in flow.steps.values()]) == ("approved", [2, 2, 2])


def test_nothing_is_decided_by_who_is_not_asked() -> None:
    flow = one_step("any", None, A)
    assert flow.askable([B]) == []
    with pytest.raises(KeyError):
        flow.approve([B])


@st.composite
def flows(draw: st.DrawFn) -> Flow:
    steps = {}
    for number in range(1, draw(st.integers(1, 4)) + 1):
        mode: Any = draw(st.sampled_from(["any", "all", "of"]))
        steps[number] = Step(number, mode, draw(st.integers(1, 4)) if mode == "of" else None)
    return Flow(steps)


@pytest.mark.slow
@given(flows(), st.data())
def test_no_path_to_approved_without_every_step(flow: Flow, data: st.DataObject) -> None:
    """Every step that was left behind has, in its last round, the agreement that its mode wants and all it was
    promised to wait for; kept beside the flow, by what was done."""
    agreed: dict[int, set[UUID]] = {}
    policy: dict[int, set[UUID]] = {}
    added: dict[int, set[UUID]] = {}
    above: dict[int, set[UUID]] = {}

    def ask() -> None:
        people = data.draw(st.sets(st.sampled_from(PEOPLE[:4]), min_size=1))
        origin: Mapping[UUID, Origin] = dict.fromkeys(people, "policy")
        flow.ask(origin)
        no = flow.step_no
        agreed[no], policy[no], added[no], above[no] = set(), set(people), set(), set()

    ask()
    for _ in range(data.draw(st.integers(0, 40))):
        if flow.state != "open":
            break
        no, waits = flow.step_no, flow.step.open_users()
        match data.draw(st.sampled_from(["approve", "approve", "reject", "add", "escalate", "hand_over", "back"])):
            case "approve" if waits:
                user = data.draw(st.sampled_from(waits))
                agreed[no].add(user)
                if flow.approve([user]):
                    ask()
            case "reject" if waits and data.draw(st.integers(0, 9)) == 0:
                flow.reject([data.draw(st.sampled_from(waits))])
            case "add" | "escalate" as what:
                free = [user for user in PEOPLE if user not in flow.step.tasks]
                if free:
                    user = data.draw(st.sampled_from(free))
                    flow.add(user, "added" if what == "add" else "escalated")
                    (added if what == "add" else above)[no].add(user)
            case "hand_over" if waits:
                free = [user for user in PEOPLE if user not in flow.step.tasks]
                if free:
                    user, to = data.draw(st.sampled_from(waits)), data.draw(st.sampled_from(free))
                    flow.hand_over(user, to)
                    for group in (policy[no], added[no], above[no]):
                        if user in group:
                            group.remove(user)
                            group.add(to)
            case "back" if no > 1:
                flow.send_back(data.draw(st.integers(1, no - 1)))
                ask()
    if flow.state != "approved":
        assert flow.step.state != "done"
        return
    for number, step in flow.steps.items():
        assert step.state == "done"
        assert added[number] <= agreed[number]
        enough = len(agreed[number] & policy[number]) >= step.wanted(len(policy[number]))
        assert enough or agreed[number] & above[number]
