"""The background work of an installation: the outbox of every tenant, and what comes back by itself."""

import asyncio
from collections.abc import Sequence
from functools import partial

import structlog
from sqlalchemy import select

import dinghuo.entry.approval_kinds  # noqa: F401 - what is approved is told by its name
from dinghuo.entry.importer import in_a_process
from dinghuo.flow.reactions import BY_KIND, PERIODS
from dinghuo.identity.tables import tenant
from dinghuo.integrations.imports.runner import Runner
from dinghuo.kit.config import Web
from dinghuo.kit.database import Database
from dinghuo.kit.outbox_watch import Watch
from dinghuo.kit.outbox_worker import Worker
from dinghuo.kit.periodic import schedule_all
from dinghuo.kit.roles import Urls
from dinghuo.kit.vault import Vault
from dinghuo.kit.wake import Waker
from dinghuo.notices.wecom import WeCom
from dinghuo.notices.wecom_errand import WeComMessenger

PLAIN = Web()
_HANDS = 2
_NEW_TENANTS_SECONDS = 60

log = structlog.get_logger()


async def work(urls: Urls, stop: asyncio.Event, web: Web = PLAIN) -> None:
    """Work until `stop` is set; what is in hand then is finished. `web` says whom it calls."""
    database = Database(urls.app, pool_size=_HANDS + 1, name="dinghuo-worker", vault=Vault(urls.keys))
    waker = Waker(urls.app)
    database.wake = waker.ring  # reactions emit too
    runner = Runner(in_a_process(urls))
    messenger = WeComMessenger(WeCom(web.wecom_url), web.url)
    reactions = {**BY_KIND, **runner.reactions, **messenger.reactions}
    beside = [asyncio.create_task(waker.run()), asyncio.create_task(_keep_periods(database))]
    try:
        await Worker(database, watch(urls, database), reactions, hands=_HANDS).run(stop)
    finally:
        await runner.close()
        await messenger.close()
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)
        await database.close()


def watch(urls: Urls, database: Database) -> Watch:
    """A look at every tenant's outbox, by the worker's role where there is one."""
    return Watch(urls.worker, tenants=None if urls.worker != urls.app else partial(tenant_ids, database))


async def tenant_ids(database: Database) -> Sequence[int]:
    async with database.untenanted() as connection:
        return (await connection.scalars(select(tenant.c.id).order_by(tenant.c.id))).all()


async def _keep_periods(database: Database) -> None:
    """What comes back is started for each tenant once; from then on it keeps itself going."""
    started: set[int] = set()
    while True:
        try:
            for tenant_id in await tenant_ids(database):
                if tenant_id not in started:
                    await database.run(tenant_id, partial(schedule_all, periods=PERIODS))
                    started.add(tenant_id)
        except Exception as error:
            log.warning("cannot start periodic work", reason=str(error))
        await asyncio.sleep(_NEW_TENANTS_SECONDS)
