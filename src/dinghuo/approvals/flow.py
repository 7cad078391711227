"""How a request goes through its steps. Pure: no I/O, no clock.

A step is done when everybody added to it has agreed and, of the others asked, one (`any`), all (`all`) or enough
(`of`) have; somebody it was escalated to counts for all of them. One refusal refuses the whole. A step that is
returned to is asked again, and all after it: what was agreed there before counts no more.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Literal
from uuid import UUID

import msgspec

Origin = Literal["policy", "fallback", "added", "handed_over", "escalated"]
TaskState = Literal["open", "approved", "rejected", "handed_over", "closed"]
StepState = Literal["waiting", "open", "done", "rejected", "closed"]
RequestState = Literal["open", "approved", "rejected", "withdrawn"]


class Task(msgspec.Struct):
    """Somebody who is asked in a step.."""

    user_id: UUID
    origin: Origin = "policy"
    state: TaskState = "open"
    round: int = 1
    is_changed: bool = False


class Step(msgspec.Struct):
    """`tasks` are those of the present round, `past` those of the round before it where that ends only now."""

    step_no: int
    mode: Literal["any", "all", "of"] = "any"
    needed: int | None = None
    state: StepState = "waiting"
    round: int = 0
    tasks: dict[UUID, Task] = {}
    past: list[Task] = []
    is_changed: bool = False
    is_asked_now: bool = False

    def is_complete(self) -> bool:
        """Whether what was agreed is enough."""
        if self.state != "open" or not self.tasks:
            return False
        counted = [task for task in self.tasks.values() if task.state != "handed_over"]
        if any(task.origin == "added" and task.state != "approved" for task in counted):
            return False
        if any(task.origin == "escalated" and task.state == "approved" for task in counted):
            return True
        asked = [task for task in counted if task.origin not in ("added", "escalated")]
        agreed = sum(task.state == "approved" for task in asked)
        return agreed >= self.wanted(len(asked))

    def wanted(self, asked: int) -> int:
        """How many of those asked have to agree."""
        match self.mode:
            case "any":
                return min(1, asked)
            case "all":
                return asked
            case "of":
                return min(self.needed or 1, asked)

    def open_users(self) -> list[UUID]:
        return [task.user_id for task in self.tasks.values() if task.state == "open"]


class Flow(msgspec.Struct):
    """A request on its way. `step_no` is the step that is asked now."""

    steps: dict[int, Step]
    state: RequestState = "open"
    step_no: int = 1

    @property
    def step(self) -> Step:
        return self.steps[self.step_no]

    def askable(self, users: Collection[UUID]) -> list[UUID]:
        """Of these users those who are asked now."""
        if self.state != "open":
            return []
        return [user for user in self.step.open_users() if user in users]

    def ask(self, people: Mapping[UUID, Origin]) -> None:
        """Ask the present step of these people: it opens."""
        step = self.step
        if step.state != "waiting":
            raise AssertionError("a step is opened once a round")
        step.state, step.round, step.is_changed, step.is_asked_now = "open", step.round + 1, True, True
        step.past = [task for task in step.tasks.values() if task.is_changed]
        step.tasks = {user: Task(user, origin, round=step.round, is_changed=True) for user, origin in people.items()}

    def approve(self, users: Iterable[UUID]) -> bool:
        """These agree. True when the next step is to be asked now."""
        step = self._decide(users, "approved")
        if not step.is_complete():
            return False
        self._close(step, "done")
        if self.step_no + 1 not in self.steps:
            self.state = "approved"
            return False
        self.step_no += 1
        return True

    def reject(self, users: Iterable[UUID]) -> None:
        step = self._decide(users, "rejected")
        self._close(step, "rejected")
        self.state = "rejected"

    def withdraw(self) -> None:
        """It ends without a decision."""
        self._close(self.step, "closed")
        self.state = "withdrawn"

    def add(self, user: UUID, origin: Literal["added", "escalated"] = "added") -> None:
        """One more is asked in the present step."""
        self.step.tasks[user] = Task(user, origin, round=self.step.round, is_changed=True)

    def hand_over(self, user: UUID, to: UUID) -> None:
        """What one was asked, another is asked: one who was added stays one who has to agree."""
        task = self.step.tasks[user]
        task.state, task.is_changed = "handed_over", True
        origin: Origin = task.origin if task.origin in ("added", "escalated") else "handed_over"
        self.step.tasks[to] = Task(to, origin, round=self.step.round, is_changed=True)

    def send_back(self, to_step: int) -> None:
        """An earlier step is to be asked again, and all after it."""
        for step in self.steps.values():
            if step.step_no >= to_step and step.state != "waiting":
                self._close(step, "waiting")
        self.step_no = to_step

    def changed_steps(self) -> Iterator[Step]:
        return (step for step in self.steps.values() if step.is_changed)

    def changed_tasks(self) -> Iterator[tuple[Step, Task]]:
        return (
            (step, task)
            for step in self.steps.values()
            for task in (*step.past, *step.tasks.values())
            if task.is_changed
        )

    def _decide(self, users: Iterable[UUID], state: Literal["approved", "rejected"]) -> Step:
        step = self.step
        for user in users:
            task = step.tasks[user]
            if task.state != "open":
                raise AssertionError("only who is asked decides")
            task.state, task.is_changed = state, True
        return step

    def _close(self, step: Step, state: StepState) -> None:
        step.state, step.is_changed = state, True
        for task in step.tasks.values():
            if task.state == "open":
                task.state, task.is_changed = "closed", True
