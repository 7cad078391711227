"""Every motif by the name that flavours use."""

from collections.abc import Callable
from typing import Final

from dinghuo.entry.demo.drawing import fruit, kitchen
from dinghuo.entry.demo.drawing.canvas import Canvas

Motif = Callable[[Canvas, str], str]
"""Draws itself in a box from -50 to 50, given the deep colour of the flavour."""

MOTIFS: Final[dict[str, Motif]] = {
    "lemon": lambda *_: fruit.citrus("#f6c915", "#fde047"),
    "lime": lambda *_: fruit.citrus("#5fa92c", "#b7dd55"),
    "orange": lambda *_: fruit.citrus("#f0801a", "#ffb03b"),
    "grapefruit": lambda *_: fruit.citrus("#f4a259", "#f2665b"),
    "peach": lambda c, _: fruit.peach(c, "#fbc0b4", "#ee6f7f"),
    "yellowpeach": lambda c, _: fruit.peach(c, "#ffc552", "#ee8434"),
    "apple": lambda c, _: fruit.apple(c),
    "mango": lambda c, _: fruit.mango(c),
    "lychee": lambda c, _: fruit.lychee(c),
    "grape": lambda c, deep: fruit.bunch(c, deep),
    "muscat": lambda c, _: fruit.bunch(c, "#a6c94d"),
    "strawberry": lambda c, _: fruit.strawberry(c),
    "blueberry": lambda c, _: fruit.berries(c, "#5265b8"),
    "cherry": lambda c, _: fruit.cherries(c, "#c8203c"),
    "plum": lambda c, _: fruit.plum(c),
    "tomato": lambda c, _: fruit.tomato(c),
    "tealeaf": lambda *_: fruit.leaves("#7fae45"),
    "mint": lambda *_: fruit.mint("#35b58d"),
    "jasmine": lambda *_: fruit.leaf("#6aa84f", 140, -4, 10, 1.1) + fruit.flower("#ffffff", "#f4d35e", 6),
    "rapeseed": lambda *_: fruit.leaf("#6aa84f", 40, 4, 10, 1.1) + fruit.flower("#ffd93b", "#e5a100", 4),
    "wheat": lambda *_: fruit.ear("#e2ad45", "#b98a2f"),
    "sorghum": lambda *_: fruit.ear("#a63d2a", "#8a6a35", 6),
    "spirit": lambda *_: fruit.ear("#a63d2a", "#8a6a35", 6),
    "rice": lambda *_: fruit.rice(),
    "hop": lambda *_: fruit.hop(),
    "chili": lambda *_: fruit.chili(),
    "cabbage": lambda *_: fruit.cabbage(),
    "scallion": lambda *_: fruit.scallions(),
    "corn": lambda *_: fruit.corn(),
    "bamboo": lambda *_: fruit.bamboo(),
    "lavender": lambda *_: fruit.lavender(),
    "almond": lambda c, _: kitchen.almond(c),
    "cashew": lambda c, _: kitchen.cashew(c),
    "pistachio": lambda c, _: kitchen.pistachio(c),
    "macadamia": lambda c, _: kitchen.macadamia(c),
    "hazelnut": lambda c, _: kitchen.hazelnut(c),
    "walnut": lambda c, _: kitchen.walnut(c),
    "seed": lambda *_: kitchen.seeds(),
    "peanut": lambda c, _: kitchen.peanut(c),
    "bean": lambda c, _: kitchen.beans(c, "#9c3b38"),
    "soybean": lambda c, _: kitchen.beans(c, "#e8c56b"),
    "sesame": lambda *_: kitchen.sesame("#2f2a2e"),
    "cocoa": lambda *_: kitchen.cocoa(),
    "butter": lambda *_: kitchen.butter(),
    "vanilla": lambda *_: kitchen.vanilla(),
    "salt": lambda *_: kitchen.salt(),
    "drop": lambda c, deep: kitchen.drop(c, deep),
    "bubbles": lambda _, deep: kitchen.bubbles(deep),
    "mountain": lambda _, deep: kitchen.mountains(deep),
    "wave": lambda _, deep: kitchen.wave(deep),
    "milk": lambda *_: kitchen.milk(),
    "cloud": lambda _, deep: kitchen.cloud(deep),
    "beef": lambda c, _: kitchen.beef(c),
    "ham": lambda c, _: kitchen.ham(c),
    "shrimp": lambda c, _: kitchen.shrimp(c),
    "fish": lambda c, _: kitchen.fish(c, "#4f93b8"),
    "oyster": lambda c, _: kitchen.oyster(c),
    "bun": lambda c, _: kitchen.bun(c),
    "crane": lambda _, deep: kitchen.crane(deep),
}

PROPS: Final[dict[str, Motif]] = {
    "milk": lambda c, _: kitchen.milk_glass(c),
    "crane": lambda c, _: kitchen.cup(c),
    "spirit": lambda c, _: kitchen.cup(c),
    "mountain": lambda c, _: kitchen.pebbles(c),
    "bubbles": lambda c, _: kitchen.ice(c),
    "wave": lambda _, deep: kitchen.bubbles(deep),
    "cloud": lambda *_: fruit.leaf("#7fb069", -20, -24, 24, 1.3) + fruit.leaf("#5f9650", 200, 10, 26, 1.1),
}
"""What stands beside the pack where the motif itself could not; for all others it is the motif."""
