"""What is not there, told alike everywhere."""

from dinghuo.kit.errors import NOT_FOUND, Message, Refused

NOT_HERE = Message("no-such-record", "找不到{zh} {id}", "There is no {what} {id}", NOT_FOUND)
_IN_CHINESE = {
    "API key": "接口密钥",
    "SKU": "单品",
    "WeChat binding": "微信绑定",
    "account": "信用账户",
    "address": "地址",
    "assortment": "可售范围",
    "comment": "评论",
    "customer": "客户",
    "department": "部门",
    "draft": "草稿",
    "file": "文件",
    "goods receipt": "入库单",
    "import": "导入",
    "mapping": "列对应",
    "invitation": "邀请",
    "notice": "公告",
    "organisation": "销售组织",
    "price list": "价目表",
    "product": "商品",
    "role": "角色",
    "saved view": "视图",
    "session": "登录会话",
    "shopping list": "采购清单",
    "sku": "单品",
    "user": "用户",
    "visit": "拜访",
}


def missing(what: str, id: object) -> Refused:
    return Refused(NOT_HERE("id", what=what, zh=_IN_CHINESE.get(what, what), id=str(id)))
