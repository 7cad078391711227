"""States and channels in the words of the screen."""

from dinghuo.kit.errors import Language

_WORDS: dict[str, tuple[str, str]] = {
    "draft": ("草稿", "Draft"),
    "pending_approval": ("待审批", "Pending approval"),
    "confirmed": ("已确认", "Confirmed"),
    "closed": ("已关闭", "Closed"),
    "cancelled": ("已取消", "Cancelled"),
    "rejected": ("已驳回", "Rejected"),
    "active": ("启用", "Active"),
    "blocked": ("停用", "Blocked"),
    "discontinued": ("停售", "Discontinued"),
    "portal": ("订货门户", "Portal"),
    "console": ("后台", "Console"),
    "api": ("接口", "API"),
    "import": ("导入", "Import"),
    "prepaid": ("先款后货", "Prepaid"),
    "on_delivery": ("货到付款", "On delivery"),
    "credit_days": ("账期", "Credit days"),
    "monthly": ("月结", "Monthly"),
    "refuse": ("缺货不接单", "Refuse when short"),
    "backorder": ("缺货待发", "Backorder"),
    "presell": ("预售", "Pre-sale"),
    "untracked": ("不管库存", "Untracked"),
}


def word(language: Language, code: str) -> str:
    """The word for a code; the code itself when it has none."""
    known = _WORDS.get(code)
    return code if known is None else known[0 if language == "zh" else 1]
