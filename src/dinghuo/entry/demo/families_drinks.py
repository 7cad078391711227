"""What the demo company sells, by hand: drinks, dairy and alcohol."""

from typing import Final

from dinghuo.entry.demo.families import Family, Size

# A table read across: one argument a line would make it five screens long.
# fmt: off
DRINKS: Final = (
    Family(
        "QS", "LP", "soda", "汽水", "Sparkling Drink", "口味", "cola lemon peach lychee",
        (
            Size("0330", "330ml", "can", "罐 箱=24", "1.32", "1.98", 1.4),
            Size("0500", "500ml", "pet", "瓶 箱=15", "1.86", "2.80", 1.2),
            Size("1250", "1.25L", "petbig", "瓶 箱=12", "3.35", "4.95", 0.6),
        ),
        "充足气泡，冰镇更爽，畅销夏季的当家汽水。", "Lively bubbles, best served ice-cold.",
        pace=1500, shelf_days=270,
    ),
    Family(
        "QP", "LQ", "soda", "0糖气泡水", "Zero-Sugar Sparkling Water", "口味", "lime grapefruit muscat",
        (
            Size("0330", "330ml", "slimcan", "罐 箱=24", "1.95", "2.95", 0.8),
            Size("0480", "480ml", "pet", "瓶 箱=15", "2.42", "3.65", 1.2),
        ),
        "0 糖 0 脂 0 卡，清爽不留负担。", "No sugar, no fat, no calories.",
        pace=620, shelf_days=300,
    ),
    Family(
        "GZ", "CQ", "juice", "果汁饮料", "Fruit Drink", "口味", "orange mango grape apple",
        (
            Size("0450", "450ml", "juicepet", "瓶 箱=15", "2.30", "3.45", 1.2),
            Size("1500", "1.5L", "juicebig", "瓶 箱=6", "5.10", "7.60", 0.6),
        ),
        "果汁含量 ≥ 30%，家庭聚餐常备。", "At least 30 % juice, for the family table.",
        pace=760, shelf_days=270,
    ),
    Family(
        "NF", "PY", "juice", "NFC 果汁", "NFC Juice", "口味", "orange apple grapefruit",
        (
            Size("0280", "280ml", "juiceglass", "瓶 箱=12", "4.60", "6.90", 0.9),
            Size("1000", "1L", "gable", "盒 箱=6", "12.40", "18.50", 0.5),
        ),
        "非浓缩还原，冷链到店。", "Never from concentrate, kept cold all the way.",
        pace=210, shelf_days=45, temperature="chilled",
    ),
    Family(
        "TR", "CX", "water", "饮用天然水", "Natural Water", "类型", "natural",
        (
            Size("0380", "380ml", "water", "瓶 箱=24", "0.72", "1.08", 0.8),
            Size("0550", "550ml", "water", "瓶 箱=24", "0.80", "1.20", 1.6),
            Size("1500", "1.5L", "waterbig", "瓶 箱=12", "1.72", "2.55", 0.6),
            Size("5000", "5L", "waterjug", "桶 箱=4", "5.30", "7.90", 0.5),
        ),
        "取自深山水源，口感清甜。", "From a deep mountain source.",
        pace=1900, shelf_days=540, minimum=5, multiple=5,
    ),
    Family(
        "KQ", "SS", "water", "天然矿泉水", "Mineral Water", "类型", "mineral",
        (
            Size("0350", "350ml", "waterglass", "瓶 箱=12", "3.60", "5.60", 0.4),
            Size("0500", "500ml", "water", "瓶 箱=24", "1.45", "2.20", 1.0),
            Size("4500", "4.5L", "waterjug", "桶 箱=4", "8.20", "12.50", 0.4),
        ),
        "含偏硅酸，餐饮与会议用水。", "Rich in metasilicic acid, for tables and meetings.",
        pace=420, shelf_days=540,
    ),
    Family(
        "SD", "SS", "water", "苏打水", "Soda Water", "口味", "soda lemon",
        (Size("0400", "400ml", "water", "瓶 箱=24", "1.50", "2.30"),),
        "弱碱性，0 糖。", "Mildly alkaline, no sugar.",
        pace=240, shelf_days=365,
    ),
    Family(
        "CY", "MD", "tea", "茶饮料", "Iced Tea", "口味", "jasmine oolong blacktea puer",
        (
            Size("0500", "500ml", "tea", "瓶 箱=15", "1.92", "2.90", 1.3),
            Size("1000", "1L", "teabig", "瓶 箱=12", "2.75", "4.10", 0.6),
        ),
        "真茶萃取，茶香回甘。", "Brewed from real leaves.",
        pace=980, shelf_days=365,
    ),
    Family(
        "WT", "YT", "tea", "无糖茶", "Unsweetened Tea", "口味", "greentea oolong barleytea",
        (Size("0500", "500ml", "tea", "瓶 箱=15", "2.55", "3.85"),),
        "0 糖，一泡好茶的本味。", "Zero sugar, the taste of a good pot.",
        pace=520, shelf_days=365,
    ),
    Family(
        "NC", "YT", "tea", "奶茶", "Milk Tea", "口味", "milktea",
        (Size("0400", "400ml", "tea", "瓶 箱=15", "2.98", "4.50"),),
        "醇厚奶香遇上阿萨姆红茶。", "Creamy Assam.",
        pace=160, shelf_days=270,
    ),
    Family(
        "CN", "MS", "dairy", "纯牛奶", "UHT Milk", "脂肪", "whole lowfat",
        (
            Size("0250", "250ml", "brick", "盒 提=12 箱=24", "2.12", "2.98", 1.5),
            Size("1000", "1L", "brickbig", "盒 箱=12", "7.10", "9.90", 0.6),
        ),
        "每百毫升 3.6g 乳蛋白。", "3.6 g of milk protein in 100 ml.",
        pace=900, shelf_days=180, tax="0.09",
    ),
    Family(
        "XN", "MS", "dairy", "鲜牛奶", "Fresh Milk", "脂肪", "whole",
        (Size("0950", "950ml", "gable", "盒 箱=6", "10.20", "14.20"),),
        "巴氏杀菌，72 小时内到仓。", "Pasteurised, in store within 72 hours.",
        pace=110, shelf_days=15, tax="0.09", temperature="chilled", policy="backorder",
    ),
    Family(
        "CS", "SY", "dairy", "常温酸奶", "Ambient Yoghurt", "口味", "plain strawberry yellowpeach",
        (Size("0205", "205g", "brick", "盒 提=12 箱=24", "2.60", "3.95"),),
        "浓醇发酵，常温好带。", "Thick, and needs no fridge.",
        pace=420, shelf_days=180,
    ),
    Family(
        "DS", "SY", "dairy", "鲜酪酸奶", "Chilled Yoghurt", "口味", "plain blueberry",
        (Size("0100", "100g×8", "yogurtcup", "板 箱=12", "8.10", "12.40"),),
        "活性乳酸菌，低温锁鲜。", "Live cultures, kept cold.",
        pace=150, shelf_days=21, temperature="chilled", policy="backorder",
    ),
    Family(
        "NB", "SY", "dairy", "奶酪棒", "Cheese Sticks", "口味", "plain strawberry",
        (Size("0090", "90g", "pillow", "袋 箱=40", "5.60", "8.60"),),
        "高钙零食，一支一口。", "Calcium on a stick.",
        pace=120, shelf_days=120, temperature="chilled",
    ),
    Family(
        "PJ", "MX", "beer", "啤酒", "Beer", "风格", "lager wheatbeer stout",
        (
            Size("0330", "330ml", "beercan", "罐 箱=24", "2.10", "3.10", 1.0),
            Size("0500", "500ml", "beercan", "罐 箱=12", "2.88", "4.25", 1.1),
            Size("0500B", "500ml 瓶装", "beerglass", "瓶 箱=12", "3.25", "4.80", 0.9, "500ml bottle"),
        ),
        "当季麦芽酿造，餐饮渠道主推。", "Brewed with this season's malt.",
        pace=1300, shelf_days=365, minimum=3, premium=(("wheatbeer", "1.18"), ("stout", "1.35")),
        skip=(("stout", "0330"), ("stout", "0500")),
    ),
    Family(
        "QX", "YN", "baijiu", "清香白酒", "Light-Aroma Baijiu", "酒精度", "v42 v53",
        (
            Size("0500", "500ml", "baijiu", "瓶 箱=6", "38.00", "62.00", 1.0),
            Size("0100", "100ml", "baijiusmall", "瓶 箱=24", "7.60", "12.40", 0.8),
        ),
        "地缸发酵，清香纯正。", "Fermented in earthen jars.",
        pace=170, shelf_days=3650, premium=(("v53", "1.12"),),
    ),
    Family(
        "NX", "HT", "baijiu", "浓香白酒", "Strong-Aroma Baijiu", "系列", "classic cellar",
        (Size("0500", "500ml", "baijiuporcelain", "瓶 箱=6", "96.00", "168.00"),),
        "百年窖泥，窖香绵甜。", "From century-old pits.",
        pace=60, shelf_days=3650, premium=(("cellar", "2.4"),),
    ),
    Family(
        "LH", "HT", "baijiu", "贺岁礼盒", "New Year Gift Set", "系列", "classic cellar",
        (Size("1000", "500ml×2", "giftbox", "盒 箱=3", "205.00", "358.00"),),
        "节庆预售，双瓶礼盒。", "Two bottles in a festive box, pre-sold.",
        pace=25, shelf_days=3650, policy="presell", presell=120, premium=(("cellar", "2.2"),),
    ),
    Family(
        "PT", "TG", "wine", "葡萄酒", "Wine", "酒种", "cabernet merlot chardonnay rose",
        (
            Size("0750", "750ml", "wine", "瓶 箱=6", "33.00", "56.00", 1.0),
            Size("0187", "187ml", "winesmall", "瓶 箱=24", "9.80", "16.50", 0.5),
        ),
        "山麓产区，橡木桶陈酿。", "Foothill vineyards, aged in oak.",
        pace=110, shelf_days=3650, temperature="cool", premium=(("merlot", "1.15"),),
        skip=(("merlot", "0187"), ("chardonnay", "0187"), ("rose", "0187")),
    ),
)
# fmt: on
