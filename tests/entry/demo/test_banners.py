"""Banners of the demo: wide, whole in themselves, and safe to show."""

import re
from xml.etree import ElementTree

import pytest

from dinghuo.entry.demo.banners import BANNERS, HEIGHT, WIDTH, Banner, banner_picture
from dinghuo.kit.files import picture_type


@pytest.mark.parametrize("banner", BANNERS, ids=lambda banner: banner.key)
def test_a_banner_is_a_wide_picture_that_refers_to_nothing_outside(banner: Banner) -> None:
    picture = banner_picture(banner)
    root = ElementTree.fromstring(picture)  # noqa: S314 - our own drawing
    assert root.get("viewBox") == f"0 0 {WIDTH} {HEIGHT}"
    assert picture_type(picture.encode()) == "image/svg+xml"
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    assert set(re.findall(r"url\(#([^)]+)\)", picture)) <= set(ids)
    assert len(picture.encode()) < 40_000
