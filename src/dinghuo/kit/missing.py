"""What is not there, told alike everywhere."""

from dinghuo.kit.errors import NOT_FOUND, Message, Refused

NOT_HERE = Message("no-such-record", "找不到{zh} {id}", "There is no {what} {id}", NOT_FOUND)
_IN_CHINESE = {
    "API key": "接口密钥",
    "SKU": "单品",
    "WeChat binding": "微信绑定",
    "account": "信用账户",
    "approval": "审批单",
    "approval policy": "审批政策",
    "delegation": "委托",
    "address": "地址",
    "assortment": "可售范围",
    "blanket order": "框架订单",
    "calendar": "日历",
    "comment": "评论",
    "consent": "内部审批单",
    "customer": "客户",
    "department": "部门",
    "draft": "草稿",
    "file": "文件",
    "goods receipt": "入库单",
    "import": "导入",
    "mapping": "列对应",
    "invitation": "邀请",
    "lot": "批次",
    "notice": "公告",
    "organisation": "销售组织",
    "phrase": "说法",
    "price list": "价目表",
    "promotion": "促销",
    "product": "商品",
    "rebate accrual": "返利计提",
    "rebate agreement": "返利协议",
    "rebate balance": "返利余额",
    "rebate settlement": "返利结算",
    "role": "角色",
    "saved view": "视图",
    "session": "登录会话",
    "shopping list": "采购清单",
    "sku": "单品",
    "stock count": "盘点单",
    "transfer": "调拨单",
    "user": "用户",
    "visit": "拜访",
    "brand": "品牌",
    "category": "类目",
    "channel": "渠道",
    "region": "区域",
    "tier": "客户等级",
    "unit": "单位",
    "warehouse": "仓库",
}


def missing(what: str, id: object) -> Refused:
    return Refused(NOT_HERE("id", what=what, zh=_IN_CHINESE.get(what, what), id=str(id)))
