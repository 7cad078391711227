"""Signing in and one's own account, for dealers: under /portal/v1."""

from dinghuo.identity.http.account import account_router

router = account_router("dealer")
