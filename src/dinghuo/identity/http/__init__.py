"""The HTTP face of identity."""

from litestar import Router

from dinghuo.identity.http import company, dealer_users, dealers, invitations, members, staff, users, views, wechat

API: list[Router] = [staff.router, users.router, company.router, invitations.router, wechat.router, views.router]
PORTAL: list[Router] = [dealers.router, dealer_users.router, members.router, invitations.portal, wechat.portal]
