"""Every permission there is: `module.verb`. A route names one of them; a role is a set of them."""

from typing import Literal

import msgspec

Audience = Literal["staff", "dealer"]

# Not permissions but what a route says instead of one: open to all; to everyone signed in; to everyone signed in,
# even while they still have to change a password or enrol a second factor.
PUBLIC = "public"
SIGNED_IN = "signed-in"
OWN_ACCOUNT = "own-account"


class Permission(msgspec.Struct, frozen=True):
    """`zh` and `en` say what its holder may do, as the role editor shows it."""

    name: str
    zh: str
    en: str

    @property
    def audience(self) -> Audience:
        return audience_of(self.name)


def audience_of(permission: str) -> Audience:
    return "dealer" if permission.startswith("portal.") else "staff"


_ALL = [
    Permission("parties.read", "查看客户", "See customers"),
    Permission("parties.write", "维护客户", "Edit customers"),
    Permission("parties.merge", "合并客户", "Merge customers"),
    Permission("parties.visit", "拜访签到", "Check in at customers"),
    Permission("parties.invite", "邀请客户开通订货门户", "Invite customers' people to the portal"),
    Permission("notices.read", "查看公告与政策", "See notices and policies"),
    Permission("notices.write", "发布公告与政策", "Publish notices and policies"),
    Permission("catalogue.read", "查看商品", "See products"),
    Permission("catalogue.write", "维护商品与可售范围", "Edit products and assortments"),
    Permission("pricing.read", "查看价目表", "See price lists"),
    Permission("pricing.write", "维护价目表", "Edit price lists"),
    Permission("promotions.read", "查看促销", "See promotions"),
    Permission("promotions.write", "维护促销与优惠券", "Edit promotions and coupons"),
    Permission("rebates.read", "查看返利", "See rebates"),
    Permission("rebates.write", "维护返利协议", "Edit rebate agreements"),
    Permission("rebates.settle", "结算返利", "Settle rebates"),
    Permission("inventory.read", "查看库存", "See stock"),
    Permission("inventory.receive", "采购入库", "Receive goods"),
    Permission("inventory.count", "库存盘点", "Count stock"),
    Permission("inventory.adjust", "调整库存与仓库设置", "Adjust stock and warehouses"),
    Permission("accounts.read", "查看客户信用", "See customers' credit"),
    Permission("accounts.write", "调整客户信用", "Change customers' credit"),
    Permission("orders.read", "查看订单", "See orders"),
    Permission("orders.place", "下单", "Place orders"),
    Permission("orders.set_price", "下单时指定价格", "Set prices when placing orders"),
    Permission("orders.waive_minimum", "下单时不受起订量和倍数限制", "Order below minimum quantities and multiples"),
    Permission("orders.comment", "评论订单和客户", "Comment on orders and customers"),
    Permission("orders.cancel", "取消订单", "Cancel orders"),
    Permission("order_rules.read", "查看订单规则、线路与配额", "See order rules, routes and quotas"),
    Permission(
        "order_rules.write", "维护订单规则、线路、日历与配额", "Edit order rules, routes, calendars and quotas"
    ),
    Permission("blankets.read", "查看框架订单", "See blanket orders"),
    Permission("blankets.write", "维护框架订单", "Edit blanket orders"),
    Permission("orders.hold", "冻结与解冻订单", "Hold and release orders"),
    Permission("orders.amend", "变更订单、关闭余量", "Amend orders and close what is left of them"),
    Permission("orders.payments", "登记与确认付款凭证", "Enter and confirm transfer slips"),
    Permission("approvals.decide", "处理审批", "Handle approvals"),
    Permission("approvals.read", "查看审批单与审批政策", "See approvals and their policies"),
    Permission("approvals.write", "维护审批政策", "Edit approval policies"),
    Permission("analytics.read", "查看经营数据", "See the figures of the business"),
    Permission("imports.run", "导入数据", "Import data"),
    Permission("identity.users", "管理用户与部门", "Manage users and departments"),
    Permission("identity.roles", "管理角色与权限", "Manage roles and permissions"),
    Permission("identity.keys", "管理接口密钥", "Manage API keys"),
    Permission("audit.read", "查看操作日志", "Read the audit log"),
    Permission("operations.outbox", "处理失败的后台任务", "Handle failed background work"),
    Permission("settings.write", "修改企业设置", "Change the company's settings"),
    Permission("portal.catalogue", "浏览可订商品", "Browse what can be ordered"),
    Permission("portal.orders.read", "查看本公司订单", "See the company's orders"),
    Permission("portal.orders.place", "提交订单", "Place orders"),
    Permission("portal.orders.cancel", "取消本公司订单", "Cancel the company's orders"),
    Permission("portal.orders.amend", "申请变更本公司订单", "Ask for amendments of the company's orders"),
    Permission("portal.orders.pay", "上传付款凭证、用余额付款", "Send transfer slips and pay by balance"),
    Permission("portal.orders.approve", "审核本公司订单", "Approve the company's orders"),
    Permission("portal.orders.receive", "签收货物", "Sign for goods"),
    Permission("portal.account.read", "查看本公司信用与账款", "See the company's credit and debts"),
    Permission("portal.addresses.write", "维护收货地址", "Edit delivery addresses"),
    Permission("portal.users", "管理本公司用户", "Manage the company's users"),
]

PERMISSIONS: dict[str, Permission] = {permission.name: permission for permission in _ALL}


def permissions_of(audience: Audience) -> frozenset[str]:
    return frozenset(name for name, permission in PERMISSIONS.items() if permission.audience == audience)
