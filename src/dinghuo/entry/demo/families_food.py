"""What the demo company sells, by hand: noodles, snacks, seasoning, staples, frozen food, household, services."""

from typing import Final

from dinghuo.entry.demo.families import Family, Size

# A table read across: one argument a line would make it five screens long.
# fmt: off
FOOD: Final = (
    Family(
        "FM", "XY", "noodles", "大碗面", "Bowl Noodles", "口味", "braisedbeef sauerkraut tomato seafood spicy",
        (
            Size("0110", "110g", "noodlebowl", "桶 箱=12", "2.60", "3.90", 1.3),
            Size("5500", "110g×5", "noodlepack", "提 箱=6", "9.60", "14.40", 0.9),
        ),
        "筋道面饼，料包翻倍。", "Springy noodles, double the sauce.",
        pace=1250, shelf_days=180,
    ),
    Family(
        "BM", "ZT", "noodles", "手工拌面", "Dry-Tossed Noodles", "口味", "scallionoil soybeanpaste chilioil",
        (Size("0480", "480g", "noodlebox", "盒 箱=12", "9.80", "14.90"),),
        "晾晒面坯，四人份家庭装。", "Sun-dried noodles for four.",
        pace=190, shelf_days=240,
    ),
    Family(
        "MX", "ZT", "noodles", "过桥米线", "Rice Noodles", "口味", "spicy",
        (Size("0130", "130g", "noodlebowl", "桶 箱=12", "3.60", "5.40"),),
        "一冲即食，汤料浓郁。", "Just add water.",
        pace=120, shelf_days=180,
    ),
    Family(
        "SD", "SH", "biscuit", "苏打饼干", "Soda Crackers", "口味", "seasalt scallion sesame",
        (Size("0400", "400g", "biscuitbox", "盒 箱=12", "6.30", "9.60"),),
        "独立小包，酥脆养胃。", "Crisp, in small packs.",
        pace=260, shelf_days=300,
    ),
    Family(
        "JX", "SH", "biscuit", "夹心饼干", "Sandwich Biscuits", "口味", "chocolate strawberry vanilla",
        (Size("0097", "97g", "roll", "筒 箱=24", "2.55", "3.90"),),
        "双层饼干，满心夹馅。", "Two biscuits, plenty between.",
        pace=360, shelf_days=300,
    ),
    Family(
        "QQ", "HX", "biscuit", "手作曲奇", "Butter Cookies", "口味", "butter matcha cranberry",
        (Size("0360", "360g", "cookietin", "罐 箱=8", "16.80", "26.80"),),
        "铁罐礼装，发酵黄油烘焙。", "Cultured butter, in a gift tin.",
        pace=130, shelf_days=240,
    ),
    Family(
        "WH", "HX", "biscuit", "威化饼", "Wafers", "口味", "hazelnut milk salted",
        (Size("0200", "200g", "pillow", "袋 箱=20", "4.30", "6.70"),),
        "五层夹心，入口即化。", "Five layers that melt away.",
        pace=170, shelf_days=300,
    ),
    Family(
        "YT", "TT", "candy", "清口硬糖", "Hard Candy", "口味", "mint lemon plum",
        (Size("0120", "120g", "pouch", "袋 箱=40", "3.30", "5.20"),),
        "收银台热卖小袋装。", "Made for the till.",
        pace=180, shelf_days=540,
    ),
    Family(
        "RT", "TT", "candy", "果汁软糖", "Fruit Gummies", "口味", "grape peach mixed",
        (Size("0070", "70g", "pouch", "袋 箱=48", "2.40", "3.80"),),
        "30% 果汁，Q 弹爆浆。", "Juicy and bouncy.",
        pace=220, shelf_days=365,
    ),
    Family(
        "NT", "TT", "candy", "牛轧奶糖", "Milk Nougat", "口味", "milk redbean",
        (Size("0227", "227g", "pouch", "袋 箱=24", "6.90", "10.80"),),
        "喜糖年货都合适。", "For weddings and New Year.",
        pace=140, shelf_days=365,
    ),
    Family(
        "SZ", "TT", "candy", "散装奶糖", "Loose Milk Candy", "口味", "milk",
        (Size("KG", "称重", "bulkbin", "kg 斤=1/2 箱=10", "21.50", "33.00", 1.0, "loose"),),
        "商超称重柜专供。", "By weight, for supermarket bins.",
        pace=40, shelf_days=365, minimum=1,
    ),
    Family(
        "QK", "TT", "candy", "巧克力", "Chocolate", "口味", "milk dark salted",
        (Size("0080", "80g", "chocolate", "盒 箱=48", "6.20", "9.90"),),
        "丝滑细腻，夏季冷链配送。", "Silky; travels cold in summer.",
        pace=130, shelf_days=365, temperature="cool",
    ),
    Family(
        "MR", "SL", "nuts", "每日坚果", "Daily Nuts", "款式", "daily yogurtmix",
        (Size("0750", "25g×30", "nutbox", "盒 箱=6", "52.00", "82.00"),),
        "30 日份，科学配比。", "Thirty days in a box.",
        pace=120, shelf_days=240, premium=(("yogurtmix", "1.08"),),
    ),
    Family(
        "JG", "SL", "nuts", "坚果", "Roasted Nuts", "品种", "macadamia almond cashew pistachio walnut",
        (
            Size("0160", "160g", "nutpouch", "袋 箱=24", "11.20", "17.60", 1.2),
            Size("0500", "500g", "nutjar", "罐 箱=8", "31.50", "49.50", 0.5),
        ),
        "当季原料，小锅慢烘。", "This season's crop, slowly roasted.",
        pace=310, shelf_days=270, premium=(("pistachio", "1.22"), ("walnut", "0.78"), ("cashew", "1.06")),
        skip=(("macadamia", "0500"), ("walnut", "0500")),
    ),
    Family(
        "GZ", "SL", "nuts", "瓜子", "Sunflower Seeds", "口味", "seedplain seedcaramel",
        (Size("0308", "308g", "pillow", "袋 箱=20", "5.10", "7.90"),),
        "颗颗饱满，追剧必备。", "Plump seeds for long evenings.",
        pace=260, shelf_days=240,
    ),
    Family(
        "JY", "JB", "soy", "酿造酱油", "Soy Sauce", "品种", "light darksoy steamedfish",
        (
            Size("0500", "500ml", "soyglass", "瓶 箱=12", "4.20", "6.40", 1.0),
            Size("1900", "1.9L", "soyjug", "桶 箱=6", "9.90", "14.90", 1.0),
        ),
        "日晒 180 天，非转基因黄豆。", "Sun-brewed for 180 days.",
        pace=430, shelf_days=540,
    ),
    Family(
        "HY", "JB", "soy", "调味酱", "Cooking Sauce", "品种", "oyster",
        (Size("0700", "700g", "squeeze", "瓶 箱=12", "5.40", "8.30"),),
        "鲜蚝熬制，蘸炒皆宜。", "Simmered from fresh oysters.",
        pace=140, shelf_days=540,
    ),
    Family(
        "SC", "XI", "vinegar", "食醋", "Vinegar", "品种", "mature fragrant whitevinegar",
        (
            Size("0500", "500ml", "vinegar", "瓶 箱=12", "3.80", "5.80", 1.0),
            Size("2300", "2.3L", "soyjug", "桶 箱=6", "10.20", "15.40", 0.7),
        ),
        "固态发酵，酸香柔和。", "Solid-state fermented, mellow.",
        pace=260, shelf_days=720, skip=(("fragrant", "2300"),),
    ),
    Family(
        "SY", "SX", "oil", "食用油", "Cooking Oil", "品种", "peanut rapeseed soybean cornoil",
        (
            Size("5000", "5L", "oiljug", "桶 箱=4", "58.00", "79.00", 1.2),
            Size("1800", "1.8L", "oilbottle", "瓶 箱=6", "22.50", "30.80", 0.7),
        ),
        "物理压榨，一级品质。", "Pressed, grade one.",
        pace=420, shelf_days=540, tax="0.09",
        premium=(("peanut", "1.55"), ("soybean", "0.82"), ("rapeseed", "1.05")),
    ),
    Family(
        "ZM", "SX", "oil", "芝麻香油", "Sesame Oil", "品种", "sesame",
        (Size("0450", "450ml", "soyglass", "瓶 箱=12", "13.80", "19.50"),),
        "石磨小榨，滴滴喷香。", "Stone-milled.",
        pace=90, shelf_days=540, tax="0.09",
    ),
    Family(
        "DM", "JL", "staples", "大米", "Rice", "品种", "longgrain pearl silk",
        (
            Size("05KG", "5kg", "ricesack", "袋 箱=4", "24.50", "33.80", 1.2),
            Size("10KG", "10kg", "ricesack", "袋 箱=2", "46.50", "63.90", 0.9),
        ),
        "当季新米，一年一季。", "This year's single harvest.",
        pace=430, shelf_days=365, tax="0.09", premium=(("silk", "1.12"),),
    ),
    Family(
        "SM", "JL", "staples", "餐饮大米", "Catering Rice", "品种", "bulkrice",
        (Size("KG", "25kg 编织袋", "wovensack", "kg 斤=1/2 袋=25", "3.85", "5.20", 1.0, "25kg woven sack"),),
        "食堂餐饮专供，按公斤结算。", "For canteens, billed by the kilogram.",
        pace=320, shelf_days=365, tax="0.09", minimum=4,
    ),
    Family(
        "MF", "JL", "staples", "小麦粉", "Wheat Flour", "品种", "highgluten plainflour",
        (
            Size("02KG", "2.5kg", "flourbag", "袋 箱=6", "10.80", "14.90", 1.0),
            Size("25KG", "25kg", "wovensack", "袋 托=40", "88.00", "119.00", 0.6),
        ),
        "筋度稳定，烘焙面点通用。", "Steady gluten for bread and buns.",
        pace=110, shelf_days=365, tax="0.09",
    ),
    Family(
        "GM", "JL", "staples", "挂面", "Dried Noodles", "品种", "eggnoodle",
        (Size("1000", "1kg", "stick", "把 箱=12", "5.20", "7.30"),),
        "久煮不糊汤。", "Never cloudy, never soft.",
        pace=120, shelf_days=540, tax="0.09",
    ),
    Family(
        "SG", "XG", "canned", "水果罐头", "Canned Fruit", "品种", "yellowpeach tangerine assorted",
        (
            Size("0425", "425g", "fruittin", "罐 箱=12", "4.60", "7.00", 1.0),
            Size("0880", "880g", "fruitjar", "瓶 箱=8", "9.20", "14.00", 0.6),
        ),
        "鲜果 6 小时内入罐。", "From orchard to can in six hours.",
        pace=240, shelf_days=720, skip=(("assorted", "0880"),),
    ),
    Family(
        "WC", "XG", "canned", "午餐肉", "Luncheon Meat", "口味", "luncheon blackpepper",
        (Size("0340", "340g", "luncheontin", "罐 箱=24", "9.40", "14.30"),),
        "肉含量 ≥ 90%，火锅搭档。", "At least 90 % meat; hotpot's friend.",
        pace=210, shelf_days=1080,
    ),
    Family(
        "JQ", "XG", "canned", "金枪鱼罐头", "Tuna", "口味", "tunaoil tunawater",
        (Size("0180", "180g", "flattin", "罐 箱=24", "7.80", "12.10"),),
        "整块鱼柳，高蛋白轻食。", "Whole loins, high in protein.",
        pace=90, shelf_days=1080, policy="backorder",
    ),
    Family(
        "YM", "XG", "canned", "蔬菜罐头", "Canned Vegetables", "品种", "corn",
        (Size("0420", "420g", "fruittin", "罐 箱=24", "3.60", "5.50"),),
        "开罐即食，沙拉披萨通用。", "Open and serve.",
        pace=70, shelf_days=720,
    ),
    Family(
        "SJ", "ST", "frozen", "手工水饺", "Dumplings", "口味", "porkcabbage threefresh chive",
        (
            Size("0500", "500g", "frozenbag", "袋 箱=20", "8.60", "13.20", 1.1),
            Size("1000", "1kg", "frozenbag", "袋 箱=10", "15.80", "23.90", 0.8),
        ),
        "−30℃ 速冻锁鲜，皮薄馅足。", "Flash-frozen at −30 °C.",
        pace=360, shelf_days=365, temperature="frozen", premium=(("threefresh", "1.25"),),
        skip=(("chive", "1000"),),
    ),
    Family(
        "TY", "ST", "frozen", "汤圆", "Sweet Rice Balls", "口味", "blacksesame peanutfill",
        (Size("0400", "400g", "frozenbag", "袋 箱=24", "6.40", "9.90"),),
        "元宵热卖，糯而不粘。", "Soft, never sticky.",
        pace=130, shelf_days=365, temperature="frozen",
    ),
    Family(
        "BZ", "ST", "frozen", "早餐包", "Breakfast Buns", "口味", "porkbun custard",
        (Size("0540", "90g×6", "frozenbox", "盒 箱=12", "9.20", "14.20"),),
        "蒸 12 分钟，门店早餐标配。", "Twelve minutes in the steamer.",
        pace=140, shelf_days=365, temperature="frozen",
    ),
    Family(
        "ZB", "ST", "frozen", "手抓饼", "Hand-Pulled Pancake", "口味", "scallion",
        (Size("0900", "90g×10", "frozenbag", "袋 箱=12", "10.40", "15.90"),),
        "层层起酥，三分钟出锅。", "Flaky, three minutes in the pan.",
        pace=150, shelf_days=365, temperature="frozen",
    ),
    Family(
        "XJ", "LZ", "household", "洗洁精", "Dish Soap", "香型", "lemon camellia",
        (Size("1000", "1kg", "pump", "瓶 箱=12", "5.60", "8.70"),),
        "果蔬餐具净，温和不伤手。", "Kind to hands.",
        pace=170, shelf_days=1095,
    ),
    Family(
        "XY", "LZ", "household", "洗衣液", "Laundry Liquid", "香型", "lavender fresh",
        (Size("2000", "2kg", "detergent", "瓶 箱=6", "13.60", "21.50", 1.0),),
        "低泡易漂，持久留香。", "Low foam, long scent.",
        pace=130, shelf_days=1095,
    ),
    Family(
        "XS", "LZ", "household", "洗手液", "Hand Wash", "香型", "camellia fresh",
        (Size("0500", "500ml", "handwash", "瓶 箱=12", "6.10", "9.60"),),
        "细腻泡沫，洗后不干。", "Fine foam, no dryness.",
        pace=90, shelf_days=1095,
    ),
    Family(
        "CZ", "LZ", "household", "抽纸", "Facial Tissue", "材质", "wood bamboo",
        (Size("0100", "100抽×3层", "tissue", "包 提=6 箱=24", "1.72", "2.65", 1.0, "100 sheets, 3-ply"),),
        "加厚亲肤，湿水不破。", "Soft, thick, strong when wet.",
        pace=280, shelf_days=1095,
    ),
    Family(
        "FW", "JN", "service", "服务", "Service", "项目", "citydelivery provincedelivery",
        (Size("T", "每趟", "truck", "次", "52.00", "80.00", 1.0, "per trip"),),
        "按趟计费，预约时段送达。", "Billed by the trip, in a booked time slot.",
        pace=0, shelf_days=0, policy="untracked", premium=(("provincedelivery", "4.5"),),
    ),
    Family(
        "YJ", "JN", "service", "押金", "Deposit", "项目", "fridge crate",
        (Size("P", "每件", "deposit", "件", "900.00", "1500.00", 1.0, "each"),),
        "随投放物收取，退还时返还。", "Refunded when it comes back.",
        pace=0, shelf_days=0, policy="untracked", premium=(("crate", "0.04"),),
    ),
)
# fmt: on
