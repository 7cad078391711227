"""What is not there, told alike everywhere."""

from dinghuo.kit.errors import NOT_FOUND, Message, Refused

NOT_HERE = Message("no-such-record", "找不到{zh} {id}", "There is no {what} {id}", NOT_FOUND)
_IN_CHINESE = {
    "API key": "接口密钥",
    "SKU": "单品",
    "account": "信用账户",
    "address": "地址",
    "assortment": "可售范围",
    "customer": "客户",
    "department": "部门",
    "draft": "草稿",
    "file": "文件",
    "goods receipt": "入库单",
    "organisation": "销售组织",
    "price list": "价目表",
    "product": "商品",
    "role": "角色",
    "session": "登录会话",
    "shopping list": "采购清单",
    "sku": "单品",
    "user": "用户",
}


def missing(what: str, id: object) -> Refused:
    return Refused(NOT_HERE("id", what=what, zh=_IN_CHINESE.get(what, what), id=str(id)))
