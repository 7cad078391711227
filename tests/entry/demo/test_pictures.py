"""Pictures: one for each SKU, all different, well-formed, and asking nothing of the world."""

import re
from xml.etree import ElementTree

from dinghuo.entry.demo.brands import BRANDS
from dinghuo.entry.demo.dealers import DEALERS
from dinghuo.entry.demo.drawing.labels import DESIGN_OF_BRAND, DESIGNS
from dinghuo.entry.demo.drawing.motifs import MOTIFS, PROPS
from dinghuo.entry.demo.flavours import FLAVOURS
from dinghuo.entry.demo.pictures import PACKS, SCALES, dealer_logo, product_picture
from dinghuo.entry.demo.products import SKU_BY_CODE, SKUS

PICTURES = {sku.code: product_picture(sku) for sku in SKUS}
SVG = "{http://www.w3.org/2000/svg}"


def _parsed(picture: str) -> ElementTree.Element:
    return ElementTree.fromstring(picture)  # noqa: S314 - our own drawing


def test_every_sku_has_its_own_picture_the_same_each_time() -> None:
    assert len(set(PICTURES.values())) == 200
    drawn = {re.sub(r"p[0-9a-f]{5}\d+|<title>.*?</title>", "", picture) for picture in PICTURES.values()}
    assert len(drawn) == 200
    assert product_picture(SKU_BY_CODE["LP-LE-0330-24"]) == PICTURES["LP-LE-0330-24"]


def test_pictures_are_small_squares_with_the_name_as_title() -> None:
    for sku in SKUS:
        picture = PICTURES[sku.code]
        root = _parsed(picture)
        assert root.get("viewBox") == "0 0 400 400"
        title = root.find(f"{SVG}title")
        assert title is not None
        assert title.text == sku.name_zh
        assert len(picture.encode()) < 13_000


def test_pictures_refer_to_nothing_outside_and_run_nothing() -> None:
    for picture in PICTURES.values():
        tags = {element.tag.removeprefix(SVG) for element in _parsed(picture).iter()}
        assert tags <= {
            "svg", "title", "defs", "g", "use", "path", "rect", "circle", "ellipse", "text", "clipPath",
            "linearGradient", "radialGradient", "stop",
        }  # fmt: skip
        assert all(reference.startswith("#") for reference in re.findall(r'href="([^"]*)"', picture))
        assert all(reference.startswith("#") for reference in re.findall(r"url\(([^)]*)\)", picture))
        assert picture.count("http") == 1
        assert not re.search(r"\son\w+=|javascript:|@import|style=", picture)


def test_ids_are_unique_over_all_pictures_and_all_references_resolve() -> None:
    seen: set[str] = set()
    for picture in PICTURES.values():
        ids = set(re.findall(r'id="([^"]*)"', picture))
        assert len(ids) == picture.count(' id="')
        assert set(re.findall(r"#(p[0-9a-f]{5}\d+)", picture)) <= ids
        assert not ids & seen
        seen |= ids


def test_pictures_hold_only_numbers_that_are_numbers() -> None:
    for picture in PICTURES.values():
        assert not re.search(r"\bnan\b|\binf\b|None|\{|\}|e-\d", picture)


def test_labels_name_brand_and_content() -> None:
    words = "".join(_parsed(PICTURES["CQ-OR-0450-15"]).itertext())
    for word in ("橙阡", "果汁饮料", "鲜橙", "450ml"):
        assert word in words


def test_no_form_motif_or_design_is_missing_or_idle() -> None:
    assert set(PACKS) == {sku.form for sku in SKUS}
    assert set(SCALES) <= set(PACKS)
    used = {flavour.motif for flavour in FLAVOURS.values()}
    assert used - set(MOTIFS) == {"truck", "cooler", "crate"}
    assert set(MOTIFS) <= used
    assert set(PROPS) <= set(MOTIFS)
    assert set(DESIGN_OF_BRAND) == set(BRANDS)
    assert set(DESIGN_OF_BRAND.values()) == set(DESIGNS)
    assert {sku.flavour.zh for sku in SKUS} == {flavour.zh for flavour in FLAVOURS.values()}


def test_dealer_logos_are_monograms() -> None:
    logos = {dealer.code: dealer_logo(dealer.code, dealer.short_name) for dealer in DEALERS}
    assert len(set(logos.values())) == 60
    assert "".join(_parsed(logos["D002"]).itertext()) == "穗渡食品穗渡"


def test_names_are_escaped() -> None:
    assert "".join(_parsed(dealer_logo("X", '<&"')).itertext()) == '<&"<&'
