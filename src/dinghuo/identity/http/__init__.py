"""The HTTP face of identity."""

from litestar import Router

from dinghuo.identity.http import company, dealer_users, dealers, staff, users

API: list[Router] = [staff.router, users.router, company.router]
PORTAL: list[Router] = [dealers.router, dealer_users.router]
