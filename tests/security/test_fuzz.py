"""Whatever is sent, the answer is one people can act on: never a 5xx, always a problem document in their language."""

import os
import re

import httpx
import pytest
from tests.security.calls import Call, send
from tests.security.conftest import Lab
from tests.security.fuzz import Fuzzer
from tests.security.operations import Operation
from tests.security.people import Person

pytestmark = pytest.mark.slow

# The same calls in every run; another number of rounds is for whoever looks for more.
ROUNDS = int(os.environ.get("DINGHUO_FUZZ_ROUNDS", "20"))
CHINESE = re.compile("[\u4e00-\u9fff]")


def complaint(answer: httpx.Response) -> str | None:
    """What is wrong with an answer itself."""
    if answer.status_code >= 500:
        return "broke"
    if answer.status_code < 400:
        return None
    if answer.headers["content-type"] != "application/problem+json":
        return "no problem document"
    body = answer.json()
    if set(body) != {"type", "title", "status", "detail", "faults"} or body["status"] != answer.status_code:
        return "malformed problem document"
    if not re.fullmatch(r"/problems/[a-z0-9-]+", body["type"]) or not body["faults"]:
        return "malformed problem document"
    sentences = [body["title"], body["detail"], *(fault["message"] for fault in body["faults"])]
    in_chinese = answer.headers["content-language"] == "zh-CN"
    if not all(sentences) or (in_chinese and not all(map(CHINESE.search, sentences))):
        return "says nothing, or not in Chinese"
    return None


async def test_nothing_that_is_sent_breaks_anything(
    lab: Lab, people: list[Person], contract: list[Operation]
) -> None:
    masters = {person.audience: person for person in people if person.name in ("owner", "dealer_admin")}
    found, served = [], set()
    for operation in contract:
        person = masters[operation.audience]
        for seed in range(ROUNDS):
            call = Fuzzer(operation, person.company, seed).call()
            try:
                async with lab.sandbox.undone():
                    headers = {"accept-language": "zh-CN", **person.headers(operation.permission)}
                    answer = await send(lab.client, operation, call, headers)
            except Exception as error:
                found.append(f"{operation.name} round {seed}: {error!r}{_shown(call)}")
                continue
            served |= {operation.name} if answer.is_success else set()
            wrong = complaint(answer)
            if wrong:
                found.append(f"{operation.name} round {seed}: {wrong}{_shown(call)}\n  {answer.text[:600]}")
    assert not found, "\n".join(found)
    # Spoilt, but not always fatally: most of what operations do was reached.
    assert len(served) > 0.6 * len(contract)


def _shown(call: Call) -> str:
    return f"\n  {dict(call.path)} {dict(call.query)} {dict(call.headers)} {str(call.content)[:400]}"
