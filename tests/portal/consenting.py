"""The rule by which colleagues of a dealer agree to orders, and where they are told."""

from typing import Any

import httpx

RULE, INBOX = "/portal/v1/settings/consent", "/portal/v1/inbox"


async def rule(admin: httpx.AsyncClient, **wanted: Any) -> Any:
    """Put it in force."""
    revision = (await admin.get(RULE)).headers["etag"]
    done = await admin.put(RULE, json={"active": True, **wanted}, headers={"If-Match": revision})
    assert done.status_code == 200, done.text
    return done.json()
