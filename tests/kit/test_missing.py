"""What is not there is named in the reader's language."""

import re
from pathlib import Path

import pytest

import dinghuo
from dinghuo.kit.missing import missing

pytestmark = pytest.mark.slow

NAMED = re.compile(r"""\b(?:missing\(|what=)"([^"]+)""")


def test_whatever_may_be_missing_has_a_chinese_name() -> None:
    sources = Path(dinghuo.__file__).parent.rglob("*.py")
    names = {name for path in sources for name in NAMED.findall(path.read_text())} | {"sku", "product", "assortment"}
    assert {"customer", "draft", "department"} <= names
    said = {name: missing(name, "7").faults[0].sentence("zh") for name in names}
    assert {
        name: sentence for name, sentence in said.items() if re.search("[a-z]", sentence.replace("SKU", ""))
    } == {}
    assert said["draft"] == "找不到草稿 7"
