from hypothesis import given
from hypothesis import strategies as st

from dinghuo.orders.paste.source import read_source


@given(st.text(max_size=60))
def test_every_place_can_be_told_in_the_original(text: str) -> None:
    source = read_source(text)
    assert len(source.places) == len(source.clean)
    for place in range(len(source.clean)):
        start, end = source.span(place, place + 1)
        told = text.encode("utf-16-le", "surrogatepass")[2 * start : 2 * end]
        assert told.decode("utf-16-le", "surrogatepass") == source.piece(place, place + 1)


def test_one_form_for_what_looks_alike() -> None:
    assert read_source("可乐　３箱 × ＬＰ－CO①🙏").clean == "可乐 3箱 * lp-co\n "
