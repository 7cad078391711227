"""Two companies that know nothing of each other, their people, and an application in which nothing lasts."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import httpx
import pytest
from litestar import Litestar
from tests.security.company import Company
from tests.security.founding import found_company
from tests.security.operations import Operation, operations
from tests.security.people import Person, gather, quick_passwords
from tests.security.sandbox import Sandbox
from tests.support import client_of
from tests.wechat import fake_wechat
from tests.wecom import fake_wecom

from dinghuo.entry.app import create_app
from dinghuo.kit.config import Web
from dinghuo.kit.database import Database
from dinghuo.kit.roles import Urls


@dataclass(frozen=True)
class Lab:
    """A client of an application whose work is undone at the end of each `sandbox.undone`."""

    client: httpx.AsyncClient
    sandbox: Sandbox


@pytest.fixture(scope="module", autouse=True)
def quick() -> Iterator[None]:
    with quick_passwords():
        yield


@pytest.fixture(scope="module")
def contract(app: Litestar) -> list[Operation]:
    """Every operation of the application."""
    return operations(app)


@pytest.fixture(scope="module")
async def lab(database_urls: Urls) -> AsyncIterator[Lab]:
    sandbox = Sandbox(database_urls.app)
    async with fake_wechat() as wechat, fake_wecom() as wecom:
        wecom.takes_any_code = True
        site = Web(wechat_url=wechat.url, wecom_url=wecom.url)
        async with client_of(create_app(sandbox.database, web=site)) as client:
            yield Lab(client, sandbox)
    await sandbox.close()


@pytest.fixture(scope="module")
async def caller(app: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the application as it is: what it does lasts."""
    async with client_of(app) as client:
        yield client


@pytest.fixture(scope="session")
async def company(app: Litestar, database: Database) -> Company:
    return await found_company(app, database, "ALFA")


@pytest.fixture(scope="session")
async def other_company(app: Litestar, database: Database) -> Company:
    return await found_company(app, database, "BETA")


@pytest.fixture(scope="session")
async def people(app: Litestar, database: Database, company: Company) -> list[Person]:
    return await gather(app, database, company)


@pytest.fixture(scope="session")
async def other_people(app: Litestar, database: Database, other_company: Company) -> list[Person]:
    return await gather(app, database, other_company)
