import gzip
from pathlib import Path

import pytest

from dinghuo.entry.bench.failure import BenchFailed
from dinghuo.entry.bench.order_book import chosen_file


def test_a_file_that_is_not_there_is_named_with_the_option_to_give(tmp_path: Path) -> None:
    with pytest.raises(BenchFailed, match=r"nothing\.csv.*--file"):
        chosen_file(tmp_path / "nothing.csv", lines=None, folder=tmp_path)


def test_the_whole_file_is_taken_as_it_is(tmp_path: Path) -> None:
    whole = tmp_path / "lines.csv"
    whole.write_text("a\n1\n2\n3\n")
    assert chosen_file(whole, lines=None, folder=tmp_path) == whole


@pytest.mark.parametrize("packed", [False, True])
def test_only_the_first_lines_come_after_the_header(tmp_path: Path, packed: bool) -> None:
    content = b"a\n1\n2\n3\n"
    whole = tmp_path / ("lines.csv.gz" if packed else "lines.csv")
    whole.write_bytes(gzip.compress(content) if packed else content)
    first = chosen_file(whole, lines=2, folder=tmp_path)
    assert first.suffixes == [".csv", ".gz"]
    assert gzip.decompress(first.read_bytes()) == b"a\n1\n2\n"
