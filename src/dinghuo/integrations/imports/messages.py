"""What can be wrong with an upload or with what is asked of an import."""

from dinghuo.kit.errors import CONFLICT, MALFORMED, TOO_LARGE, Message

FILE_TOO_LARGE = Message(
    "import-file-too-large",
    "文件最大 {most} MB，请拆成几个文件",
    "A file has at most {most} MB: split it into several",
    TOO_LARGE,
)
FILE_EMPTY = Message("import-file-empty", "文件是空的", "The file is empty", MALFORMED)
TOO_MANY_FILES = Message(
    "import-too-many-files",
    "上传的文件已占 {most} MB 上限，请先删除不用的文件",
    "Uploaded files take up {most} MB, which is all there is: delete some first",
    CONFLICT,
)
PART_SIZE = Message(
    "import-part-size",
    "第 {number} 块应为 {expected} 字节，收到 {size} 字节",
    "Part {number} has {expected} bytes, not {size}",
    MALFORMED,
)
NO_SUCH_PART = Message("import-no-such-part", "文件只有 {parts} 块", "The file has {parts} parts", MALFORMED)
FILE_COMPLETE = Message("import-file-complete", "文件已上传完毕", "The file is complete already", CONFLICT)
FILE_INCOMPLETE = Message(
    "import-file-incomplete",
    "文件还没有传完：应有 {size} 字节，已收到 {received} 字节",
    "The file is not complete: {received} of {size} bytes are here",
    CONFLICT,
)
FILE_GONE = Message(
    "import-file-gone", "文件已过期删除，请重新上传", "The file has expired: upload it again", CONFLICT
)
FILE_IN_USE = Message("import-file-in-use", "文件正在导入，不能删除", "The file is being imported", CONFLICT)
NOT_NOW = Message(
    "import-action-not-now",
    "当前不能{action_zh}（{state_zh}）",
    "This import cannot do that now: {action} while {state}",
    CONFLICT,
)
BAD_ZONE = Message("import-time-zone", "没有时区“{zone}”", "There is no time zone '{zone}'", MALFORMED)
NO_CRASH = Message(
    "import-gave-up",
    "处理此文件时程序多次中断，已停止；已写入的内容保留",
    "The program broke off several times over this file and gave up; what was written stays",
)
BROKE = Message(
    "import-broke",
    "系统出错，已停止；已写入的内容保留，请告知编号 {reference}",
    "Something broke here; what was written stays. Quote {reference} when you report it",
)

STATES_ZH = {
    "looking": "正在读取",
    "ready": "待对应列",
    "checking": "正在试运行",
    "checked": "已试运行",
    "running": "正在导入",
    "done": "已完成",
    "failed": "已失败",
    "cancelled": "已取消",
}
ACTIONS_ZH = {"look": "重新读取", "check": "试运行", "run": "导入", "cancel": "取消"}
PHASES = {
    "fetch": ("取文件", "Fetching the file"),
    "look": ("查看表格", "Looking at the table"),
    "read": ("读取行", "Reading rows"),
    "plan": ("规划", "Planning"),
    "try": ("试运行", "Trying"),
    "write": ("写入", "Writing"),
    "mark": ("标记问题单元格", "Marking cells"),
    "master": ("客户、商品、价格", "Customers, SKUs, prices"),
    "returns": ("退货", "Returns"),
    "orders": ("订单行", "Order lines"),
    "check": ("核对", "Checking"),
    "errors": ("生成问题清单", "Writing the errors workbook"),
}
