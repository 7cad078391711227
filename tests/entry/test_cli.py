"""The command line as it is typed: real processes, an installation of their own."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest
from tests.entry.home import Home

from dinghuo.entry.cli import run
from dinghuo.kit.embedded import server

pytestmark = pytest.mark.slow

_FAST = {"fsync": "off", "full_page_writes": "off"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """An installation with one company, `acme`; its server is held, so that each command finds it running."""
    made = Home(tmp_path_factory.mktemp("home"))
    with server(made.data, options=_FAST):
        _create(made)
        yield made


def _create(made: Home) -> None:
    told = made.told("tenant", "create", "acme", "--name", "示例商贸", "--owner", "boss")
    assert told.keys() == {"id", "code", "organisation_id", "owner", "owner_id", "password"}
    assert (told["code"], told["owner"]) == ("acme", "boss")
    assert len(told["password"]) >= 16


def test_help_names_every_command_and_loads_none_of_the_house() -> None:
    program = (
        "import sys\nfrom dinghuo.entry.cli import run\ncode = run(['--help'])\n"
        "heavy = {'sqlalchemy', 'asyncpg', 'litestar', 'uvicorn', 'alembic', 'dinghuo.kit'} & set(sys.modules)\n"
        "print('HEAVY', sorted(heavy), code)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "HEAVY [] 0"
    for command in ("serve", "worker", "migrate", "tenant", "user", "key", "doctor"):
        assert f"│ {command} " in done.stdout
    assert "Exit codes" in done.stdout


@pytest.mark.parametrize(
    "command", ["serve", "worker", "migrate", "tenant create", "user create", "key create", "doctor"]
)
def test_every_command_has_help_with_an_example(capsys: pytest.CaptureFixture[str], command: str) -> None:
    assert run([*command.split(), "--help"]) == 0
    assert "Example" in capsys.readouterr().out


def test_exit_codes(home: Home) -> None:
    assert home.run("nonsense").returncode == 2
    assert home.run("key", "create").returncode == 2
    bad = home.run("migrate", PORT="x", WORKERS="0")
    assert bad.returncode == 2
    assert [line.split(":")[1].strip() for line in bad.stderr.splitlines()] == ["PORT", "WORKERS"]
    away = home.run("doctor", DATABASE_URL="postgresql://a:b@127.0.0.1:1/x")
    assert away.returncode == 3
    assert away.stderr.startswith("dinghuo: The database cannot be reached: ")
    assert "b@" not in away.stderr
    with socket.create_server(("127.0.0.1", 0)) as taken:
        busy = home.run("serve", "--port", str(taken.getsockname()[1]))
    assert busy.returncode == 4
    assert busy.stderr.startswith("dinghuo: Cannot listen on 127.0.0.1:")


def test_refusals_are_told_in_the_callers_language(home: Home) -> None:
    english = home.run("tenant", "create", "acme", "--name", "x")
    assert (english.returncode, english.stdout) == (1, "")
    assert english.stderr == "dinghuo: code: The company code 'acme' is taken\n"
    chinese = home.run("tenant", "create", "acme", "--name", "x", LANG="zh_CN.UTF-8")
    assert chinese.stderr == "dinghuo: code: 企业代码“acme”已被使用\n"
    unknown = home.run("user", "create", "li", "--tenant", "nobody", "--name", "李", "--role", "sales")
    assert (unknown.returncode, unknown.stderr) == (
        1,
        "dinghuo: tenant: There is no company with the code 'nobody'\n",
    )


def test_a_password_from_standard_input_is_not_repeated(home: Home) -> None:
    options = ["--tenant", "acme", "--name", "王芳", "--role", "sales", "--password-stdin"]
    told = home.told("user", "create", "wang.fang", *options, stdin="correct horse\n")
    assert told.keys() == {"id", "tenant", "login"}
    again = home.run("user", "create", "wang.fang", *options, stdin="correct horse\n")
    assert (again.returncode, again.stderr) == (1, "dinghuo: login: The login 'wang.fang' is taken\n")
    assert home.told("user", "create", "li.lei", *options[:-1])["password"]


def test_migrate_says_where_it_was(home: Home) -> None:
    assert home.told("migrate") == {"before": "0003", "now": "0003"}


def test_a_foreign_database_is_not_migrated_by_the_way(home: Home) -> None:
    with server(home.data) as held:
        url = held.admin_url("other")
        refused = home.run("tenant", "create", "x1", "--name", "x", DATABASE_URL=url, DINGHUO_SECRET="s")
        assert refused.returncode == 1
        assert "run dinghuo migrate first" in refused.stderr
        assert home.run("migrate", DATABASE_URL=url, DINGHUO_SECRET="s").returncode == 0
        assert home.run("tenant", "create", "x1", "--name", "x", DATABASE_URL=url, DINGHUO_SECRET="s").returncode == 0


def test_the_doctor_finds_all_well(home: Home) -> None:
    told = home.told("doctor")
    assert told["ok"]
    states = {check["check"]: check["state"] for check in told["checks"]}
    assert states == {
        name: "warning" if name == "database" else "ok"  # this server runs with fsync off
        for name in (
            "configuration", "database", "schema", "roles", "row-level-security", "cross-tenant-access", "ledgers",
            "books", "audit", "outbox",
        )
    }  # fmt: skip
    people = home.run("doctor", LANG="zh_CN.UTF-8")
    assert people.returncode == 0
    assert people.stdout.count("✓") == 9
    assert "! database: " in people.stdout and "fsync = off" in people.stdout
    assert "row-level-security: " in people.stdout and "都强制行级安全" in people.stdout


def test_the_doctor_fails_when_a_check_does(home: Home) -> None:
    home.as_superuser("alter table customer no force row level security")
    try:
        done = home.run("doctor", "--json")
    finally:
        home.as_superuser("alter table customer force row level security")
    assert (done.returncode, done.stderr) == (1, "")
    told = json.loads(done.stdout)
    assert not told["ok"]
    assert [check["check"] for check in told["checks"] if check["state"] == "failed"] == ["row-level-security"]


def test_an_application_role_that_could_become_the_owner_is_refused(home: Home) -> None:
    home.as_superuser("grant dinghuo_owner to dinghuo_app")
    try:
        done = home.run("doctor", "--json")
    finally:
        home.as_superuser("revoke dinghuo_owner from dinghuo_app")
    assert (done.returncode, done.stdout) == (1, "")
    assert "owns the schema" in done.stderr
