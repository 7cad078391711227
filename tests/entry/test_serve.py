"""`dinghuo serve` and `dinghuo worker` as real processes: they answer, stop cleanly, and outlive their parts."""

import json
import signal

import httpx
import psutil
import pytest
from tests.entry.home import PATIENCE, Home, answers, is_gone, until, until_gone

from dinghuo.flow.reactions import PERIODS

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """An installation with one company, `acme`."""
    made = Home(tmp_path_factory.mktemp("home"))
    made.told("tenant", "create", "acme", "--name", "示例商贸")
    return made


def test_serve_answers_and_stops_cleanly(home: Home) -> None:
    key = home.told("key", "create", "--tenant", "acme", "--name", "erp", "--all-permissions")["key"]
    with home.serving("--workers", "2") as (process, url):
        children = psutil.Process(process.pid).children()
        assert len(children) == 3
        assert not home.server_is_down()
        headers = {"authorization": f"Bearer {key}"}
        assert httpx.get(f"{url}/api/v1/operations/outbox").status_code == 401
        answer = httpx.get(f"{url}/api/v1/operations/outbox", headers=headers)
        assert (answer.status_code, answer.json()) == (200, {"items": [], "cursor": None})
        # A second server beside it is refused, not let in by the back door.
        assert home.run("serve", "--port", url.rpartition(":")[2]).returncode == 4

        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=PATIENCE)
        assert (process.returncode, out) == (0, "")
        assert [json.loads(line) for line in err.splitlines() if '"level":"error"' in line] == []
        until_gone(children)
        assert home.server_is_down()
        assert not answers(url)


def test_a_killed_web_process_is_replaced(home: Home) -> None:
    with home.serving("--workers", "1") as (process, url):
        [web, worker] = psutil.Process(process.pid).children()
        web.kill()
        until(lambda: len(psutil.Process(process.pid).children()) == 2 and is_gone(web))
        until(lambda: answers(url))
        assert worker.is_running()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=PATIENCE)
        assert process.returncode == 0


def test_children_do_not_outlive_a_killed_parent(home: Home) -> None:
    with home.serving("--workers", "2") as (process, url):
        children = psutil.Process(process.pid).children()
        process.kill()
        process.communicate()
        until_gone(children)
        assert not answers(url)
    assert home.told("doctor")["ok"]  # the server that was left is found, used and stopped
    assert home.server_is_down()


def test_the_worker_alone_does_the_background_work(home: Home) -> None:
    home.as_superuser("delete from outbox_mark", "delete from outbox_event")
    with home.running("worker") as process:
        # The first thing it does for a company is to put its periodic work on the list.
        periods = " ".join(sorted(event.kind() for event, _ in PERIODS))
        until(
            lambda: (
                home.as_superuser("select string_agg(distinct kind, ' ' order by kind) from outbox_event") == periods
            )
        )
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE)
        assert process.returncode == 0
    assert home.server_is_down()
