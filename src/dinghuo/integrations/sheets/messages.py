"""Everything that can be wrong with a file, its columns or its cells, said once in both languages."""

from dinghuo.kit.errors import MALFORMED, TOO_LARGE, Message, Refused


class SheetError(Refused):
    """The file cannot be read as a sheet, or not with this mapping; nothing was read."""


# The file
FILE_MISSING = Message("sheet-missing", "找不到文件 {name}", "There is no file {name}", MALFORMED)
FILE_EMPTY = Message("sheet-empty", "文件 {name} 里没有数据", "The file {name} holds no data", MALFORMED)
FILE_TOO_LARGE = Message(
    "sheet-file-too-large",
    "文件 {name} 超过 {limit} MB，请拆成几个文件",
    "The file {name} is larger than {limit} MB; split it into several",
    TOO_LARGE,
)
UNPACKS_TOO_LARGE = Message(
    "sheet-unpacks-too-large",
    "文件 {name} 解压后过大（超过 {limit} MB 或压缩比异常），已拒绝读取",
    "The file {name} unpacks to more than {limit} MB or out of all proportion to its size, so it was not read",
    TOO_LARGE,
)
TOO_MANY_PARTS = Message(
    "sheet-too-many-parts",
    "工作簿 {name} 含有 {count} 个内部文件，超过上限 {limit}",
    "The workbook {name} has {count} inner files; at most {limit} are read",
    TOO_LARGE,
)
TOO_MANY_ROWS = Message(
    "sheet-too-many-rows",
    "{name} 超过 {limit} 行，请拆成几个文件",
    "{name} has more than {limit} rows; split it into several files",
    TOO_LARGE,
)
TOO_MANY_COLUMNS = Message(
    "sheet-too-many-columns",
    "{name} 有 {count} 列，超过上限 {limit} 列",
    "{name} has {count} columns; at most {limit} are read",
    TOO_LARGE,
)
TOO_MANY_CELLS = Message(
    "sheet-too-many-cells",
    "工作簿 {name} 的数据区有 {rows} 行 × {columns} 列，超过 {limit} 个单元格；"
    "请删除远处的零散单元格，或另存为 CSV 再导入",
    "The used area of the workbook {name} is {rows} rows × {columns} columns, more than {limit} cells; "
    "delete stray cells far from the table, or save it as CSV",
    TOO_LARGE,
)
TOO_MUCH_TEXT = Message(
    "sheet-too-much-text",
    "工作簿 {name} 的文字总量超过 {limit} MB，请另存为 CSV 再导入",
    "The text in the workbook {name} adds up to more than {limit} MB; save it as CSV",
    TOO_LARGE,
)
CELL_TOO_LONG = Message(
    "sheet-cell-too-long",
    "{name} 第 {row} 行或其后有单元格超过 {limit} 个字符（CSV 文件通常是引号没有配对）",
    "At row {row} of {name} or soon after, a cell is longer than {limit} characters "
    "(in a CSV file usually a quotation mark that is never closed)",
    TOO_LARGE,
)
DAMAGED = Message(
    "sheet-damaged",
    "文件 {name} 已损坏或不是有效的表格（{reason}）",
    "The file {name} is damaged or no valid sheet ({reason})",
    MALFORMED,
)
HOSTILE_XML = Message(
    "sheet-hostile-xml",
    "工作簿 {name} 的 XML 含有实体定义，出于安全已拒绝读取",
    "The workbook {name} defines XML entities and was refused for safety",
    MALFORMED,
)
ENCRYPTED = Message(
    "sheet-encrypted",
    "文件 {name} 有密码保护，请去掉密码再导入",
    "The file {name} is protected by a password; remove it first",
    MALFORMED,
)
OLD_EXCEL = Message(
    "sheet-old-excel",
    "文件 {name} 是旧版 .xls，请用 Excel 或 WPS 另存为 .xlsx",
    "The file {name} is an old .xls workbook; save it as .xlsx",
    MALFORMED,
)
NOT_A_SHEET = Message(
    "sheet-not-a-sheet",
    "文件 {name} 不是表格（看起来是 {kind}）；可导入 .xlsx、.csv、.tsv、.txt 和 .csv.gz",
    "The file {name} is no sheet (it looks like {kind}); .xlsx, .csv, .tsv, .txt and .csv.gz can be read",
    MALFORMED,
)
UNKNOWN_ENCODING = Message(
    "sheet-unknown-encoding",
    "无法按 {encoding} 识别文件 {name} 的文字编码，请另存为 UTF-8",
    "The text of {name} cannot be read as {encoding}; save it as UTF-8",
    MALFORMED,
)
NO_WORKSHEET = Message(
    "sheet-no-such-worksheet",
    "{name} 里没有工作表“{worksheet}”；现有：{found}",
    "{name} has no worksheet '{worksheet}'; it has: {found}",
    MALFORMED,
)
NO_HEADER = Message(
    "sheet-no-header",
    "{name} 第 {row} 行没有表头",
    "Row {row} of {name} is no header",
    MALFORMED,
)
NOT_WRITABLE = Message(
    "sheet-not-writable", "无法写入 {name}：{reason}", "{name} cannot be written: {reason}", MALFORMED
)

# The mapping
COLUMN_MISSING = Message(
    "mapping-column-missing",
    "文件里没有“{column}”列（{label}）；文件的列：{found}",
    "The file has no column '{column}' for {label}; its columns: {found}",
    MALFORMED,
)
COLUMN_REPEATED = Message(
    "mapping-column-repeated",
    "文件有 {count} 个“{column}”列，请用列号（如 #{first}）指明{label}是哪一列",
    "The file has {count} columns called '{column}'; say which is {label} by its number, such as #{first}",
    MALFORMED,
)
FIELD_UNMAPPED = Message(
    "mapping-field-unmapped",
    "没有指定哪一列是{label}；文件的列：{found}",
    "No column was given for {label}; the file's columns: {found}",
    MALFORMED,
)
UNKNOWN_FIELD = Message(
    "mapping-unknown-field",
    "没有名为“{wrong}”的字段；可用：{known}",
    "There is no field '{wrong}'; there are: {known}",
    MALFORMED,
)
BAD_MAPPING = Message(
    "mapping-unreadable",
    "列映射 {name} 有误：{reason}",
    "The column mapping {name} is not right: {reason}",
    MALFORMED,
)

# The cells
EMPTY = Message("cell-empty", "{label}为空", "{label} is empty", MALFORMED)
NOT_A_NUMBER = Message(
    "cell-not-a-number", "{label}“{value}”不是数字", "{label} '{value}' is not a number", MALFORMED
)
TOO_MANY_PLACES = Message(
    "cell-too-many-places",
    "{label}“{value}”的小数超过 {limit} 位",
    "{label} '{value}' has more than {limit} decimal places",
    MALFORMED,
)
NUMBER_TOO_LARGE = Message(
    "cell-number-too-large", "{label}“{value}”过大", "{label} '{value}' is too large", MALFORMED
)
NOT_A_DATE = Message("cell-not-a-date", "{label}“{value}”不是日期", "{label} '{value}' is not a date", MALFORMED)
DATE_OUT_OF_RANGE = Message(
    "cell-date-out-of-range",
    "{label}“{value}”不在 1900 到 2199 年之间",
    "{label} '{value}' is not between the years 1900 and 2199",
    MALFORMED,
)
DIGITS_LOST = Message(
    "cell-digits-lost",
    "{label}“{value}”超过 15 位，Excel 已把末尾改成 0；请把该列设为文本后重新填写",
    "{label} '{value}' has more than 15 digits, Excel has lost the last ones; make the column text, enter it again",
    MALFORMED,
)
CODE_AS_SCIENTIFIC = Message(
    "cell-code-as-scientific",
    "{label}“{value}”被存成了科学计数，原编码已丢失；请把该列设为文本后重新填写",
    "{label} '{value}' was saved in scientific notation, its digits are lost; make the column text, enter it again",
    MALFORMED,
)
NOT_A_CODE = Message(
    "cell-not-a-code",
    "{label}“{value}”是日期或时间，不是编码；请把该列设为文本",
    "{label} '{value}' is a date or time, not a code; make the column text",
    MALFORMED,
)
TEXT_TOO_LONG = Message(
    "cell-text-too-long",
    "{label}超过 {limit} 个字符",
    "{label} is longer than {limit} characters",
    MALFORMED,
)
CONTROL_CHARACTERS = Message(
    "cell-control-characters", "{label}含有不可见的控制字符", "{label} holds invisible control characters", MALFORMED
)
EXCEL_ERROR = Message(
    "cell-excel-error",
    "{label}是公式错误 {value}",
    "{label} is the formula error {value}",
    MALFORMED,
)
ROW_TOO_WIDE = Message(
    "row-too-wide",
    "本行有 {count} 个单元格，表头只有 {limit} 列（常见原因：文字里的逗号没有加引号）",
    "The row has {count} cells under {limit} columns (often a comma in a text without quotation marks)",
    MALFORMED,
)
TOTAL_ROW = Message("row-is-a-total", "本行像是合计行", "The row looks like a total", MALFORMED)

# Doubts: read all the same, but a person should look
DATE_ORDER_DOUBTFUL = Message(
    "doubt-date-order",
    "{label}“{example}”可能是 {taken} 也可能是 {other}，已按前者读取；可用 date_order 指定",
    "{label} '{example}' may be {taken} or {other}; it was read as the first. Say which with date_order",
)
DATES_HALF_CONVERTED = Message(
    "doubt-dates-half-converted",
    "{label}一部分是日期、一部分是文字（如“{example}”），Excel 打开时很可能把前者的日和月弄反了；请用原始文件",
    "{label} holds dates and texts such as '{example}': Excel has probably swapped day and month of the dates "
    "when it opened the file; use the original",
)
NUMBER_FORM_DOUBTFUL = Message(
    "doubt-number-form",
    "{label}“{example}”可能是 {taken} 也可能是 {other}，已按前者读取；可用 decimal 指定",
    "{label} '{example}' may be {taken} or {other}; it was read as the first. Say which with decimal",
)
