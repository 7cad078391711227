"""Signing in and one's own account, for staff: under /api/v1."""

from dinghuo.identity.http.account import account_router

router = account_router("staff")
