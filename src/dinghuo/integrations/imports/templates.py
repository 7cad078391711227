"""Workbooks to fill in: the headers that are recognised, and a row that shows what is meant."""

import io

from dinghuo.integrations.imports.kinds import KindName, examples_of, kind_label, label_of, shape_of
from dinghuo.integrations.sheets import Column, write_table
from dinghuo.kit.errors import Language

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def template(kind: KindName, language: Language) -> bytes:
    """An .xlsx with a header in this language and an example row; all columns are texts, so that codes stay whole."""
    shape, examples = shape_of(kind), examples_of(kind)
    needed = {name for group in shape.needs for name in group}
    fields = [field for field in shape.fields.values() if field.name in examples or field.name in needed]
    if kind != "order_book":
        fields = list(shape.fields.values())
    columns = [Column(label_of(field.zh, field.en, language), width=18) for field in fields]
    target = io.BytesIO()
    write_table(target, columns, [[examples.get(field.name) or None for field in fields]],
                title=kind_label(kind, language))  # fmt: skip
    return target.getvalue()
