"""What a product varies by: flavours and varieties, each with its colours and the motif its pictures show."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Flavour:
    """`code` is its part of a SKU code; `light` and `deep` colour the pack, `motif` names a drawing."""

    code: str
    zh: str
    en: str
    light: str
    deep: str
    motif: str


FLAVOURS: Final = {
    # drinks
    "cola": Flavour("CO", "经典可乐", "Classic Cola", "#E2574C", "#8E1B1B", "bubbles"),
    "lemon": Flavour("LE", "柠檬", "Lemon", "#FFE45C", "#F2B705", "lemon"),
    "peach": Flavour("PE", "白桃", "White Peach", "#FFC9C4", "#F0788C", "peach"),
    "lychee": Flavour("LY", "荔枝", "Lychee", "#FBC4D0", "#D6456B", "lychee"),
    "lime": Flavour("LI", "青柠", "Lime", "#D5F06B", "#5BA829", "lime"),
    "grapefruit": Flavour("GF", "西柚", "Grapefruit", "#FFC1A8", "#EF5B4C", "grapefruit"),
    "muscat": Flavour("MU", "青提", "Muscat Grape", "#DDF0A2", "#7DAE3B", "muscat"),
    "orange": Flavour("OR", "鲜橙", "Orange", "#FFC061", "#F2790F", "orange"),
    "mango": Flavour("MA", "芒果", "Mango", "#FFD56B", "#F59E0B", "mango"),
    "grape": Flavour("GR", "葡萄", "Grape", "#C8A2E8", "#6B3FA0", "grape"),
    "apple": Flavour("AP", "苹果", "Apple", "#FFB3A7", "#D7263D", "apple"),
    "natural": Flavour("NA", "天然水", "Natural Water", "#BFE6FA", "#1A86C7", "drop"),
    "mineral": Flavour("MI", "天然矿泉水", "Mineral Water", "#CFE3E8", "#2B6777", "mountain"),
    "soda": Flavour("SO", "无糖苏打", "Unsweetened Soda", "#D4F1EC", "#2C9C8F", "bubbles"),
    "jasmine": Flavour("JA", "茉莉绿茶", "Jasmine Green Tea", "#E5F2C9", "#5E9732", "jasmine"),
    "oolong": Flavour("OO", "乌龙茶", "Oolong Tea", "#EBCB8B", "#A3702A", "tealeaf"),
    "blacktea": Flavour("BT", "柠檬红茶", "Lemon Black Tea", "#F3A65A", "#B0431E", "lemon"),
    "puer": Flavour("PU", "陈皮普洱", "Tangerine Pu'er", "#D08C60", "#6F2D14", "orange"),
    "greentea": Flavour("GT", "绿茶", "Green Tea", "#DCEBB5", "#6A994E", "tealeaf"),
    "barleytea": Flavour("BA", "大麦茶", "Barley Tea", "#F0D9A8", "#B08442", "wheat"),
    "milktea": Flavour("MT", "阿萨姆", "Assam", "#F1D3B3", "#B4794B", "milk"),
    # dairy
    "whole": Flavour("WH", "全脂", "Whole", "#D6EBFF", "#1E63B5", "milk"),
    "lowfat": Flavour("LF", "低脂", "Low-Fat", "#D9F7F0", "#1D9A8A", "milk"),
    "plain": Flavour("PL", "原味", "Original", "#F2EAFB", "#6C4AB6", "milk"),
    "strawberry": Flavour("ST", "草莓", "Strawberry", "#FFC2CE", "#E0385C", "strawberry"),
    "yellowpeach": Flavour("YP", "黄桃", "Yellow Peach", "#FFDFA3", "#F29A2E", "yellowpeach"),
    "blueberry": Flavour("BL", "蓝莓", "Blueberry", "#C9CFF5", "#3F51A3", "blueberry"),
    # alcohol
    "lager": Flavour("LA", "经典拉格", "Classic Lager", "#F7DC8B", "#C8102E", "hop"),
    "wheatbeer": Flavour("WB", "小麦白啤", "Wheat Beer", "#F6EBCB", "#3A7CA5", "wheat"),
    "stout": Flavour("SB", "烤麦黑啤", "Roasted Stout", "#D9C2A3", "#33231A", "hop"),
    "v42": Flavour("42", "42%vol", "42% vol", "#F6E7D0", "#A4161A", "spirit"),
    "v53": Flavour("53", "53%vol", "53% vol", "#F4D9C6", "#7A0F14", "spirit"),
    "classic": Flavour("JC", "经典", "Classic", "#E6EEF7", "#123C69", "crane"),
    "cellar": Flavour("JZ", "窖藏", "Cellar Reserve", "#F5E9D0", "#8A6A2F", "crane"),
    "cabernet": Flavour("CS", "赤霞珠干红", "Cabernet Sauvignon", "#E7C9D1", "#5C1A33", "grape"),
    "merlot": Flavour("ME", "梅洛干红", "Merlot", "#EBC5C5", "#7B2432", "grape"),
    "chardonnay": Flavour("CH", "霞多丽干白", "Chardonnay", "#F4EDC9", "#A89B3C", "muscat"),
    "rose": Flavour("RO", "桃红", "Rosé", "#FFDAD6", "#E07A7A", "grape"),
    # noodles
    "braisedbeef": Flavour("HS", "红烧牛肉", "Braised Beef", "#F08A4B", "#B3201A", "beef"),
    "sauerkraut": Flavour("SC", "老坛酸菜", "Pickled Cabbage", "#D7D46A", "#5B8A2B", "cabbage"),
    "tomato": Flavour("FQ", "番茄", "Tomato", "#FF9B85", "#DB2B30", "tomato"),
    "seafood": Flavour("HX", "鲜虾鱼板", "Shrimp & Fish Cake", "#8ED1F0", "#1878B8", "shrimp"),
    "spicy": Flavour("ML", "麻辣", "Sichuan Spicy", "#F26B4E", "#7F1010", "chili"),
    "scallionoil": Flavour("CY", "葱油", "Scallion Oil", "#D8E8A0", "#557A2C", "scallion"),
    "soybeanpaste": Flavour("ZJ", "炸酱", "Soybean Paste", "#DDB48A", "#6B3A1E", "bean"),
    "chilioil": Flavour("YP", "油泼辣子", "Chili Oil", "#F5845C", "#A61B1B", "chili"),
    # biscuits and sweets
    "seasalt": Flavour("HY", "海盐", "Sea Salt", "#CFE8F3", "#2B7FA8", "salt"),
    "scallion": Flavour("XC", "香葱", "Scallion", "#DCEFB7", "#55912F", "scallion"),
    "sesame": Flavour("ZM", "芝麻", "Sesame", "#E5DCCB", "#5B4A3A", "sesame"),
    "chocolate": Flavour("QK", "巧克力", "Chocolate", "#D9B08C", "#5A2E16", "cocoa"),
    "vanilla": Flavour("XC", "香草", "Vanilla", "#FBEFC7", "#D1A73A", "vanilla"),
    "butter": Flavour("HY", "黄油", "Butter", "#FFE9A8", "#C98A1B", "butter"),
    "matcha": Flavour("MC", "抹茶", "Matcha", "#DCE8B4", "#5F8A35", "tealeaf"),
    "cranberry": Flavour("MY", "蔓越莓", "Cranberry", "#F8C4C8", "#B3213D", "cherry"),
    "hazelnut": Flavour("ZS", "榛子", "Hazelnut", "#E9CBA4", "#8A5527", "hazelnut"),
    "milk": Flavour("NN", "牛奶", "Milk", "#E3F0FF", "#3B7DC4", "milk"),
    "mint": Flavour("BH", "薄荷", "Mint", "#C4F1E3", "#14A085", "mint"),
    "plum": Flavour("HM", "话梅", "Salted Plum", "#F0C5D5", "#9B2C5B", "plum"),
    "mixed": Flavour("HH", "缤纷混合", "Mixed Fruit", "#FFE0B8", "#F0568C", "strawberry"),
    "redbean": Flavour("HD", "红豆", "Red Bean", "#F3C9C5", "#9C3B38", "bean"),
    "dark": Flavour("HK", "黑巧 66%", "Dark 66%", "#C9A98F", "#2E1A12", "cocoa"),
    "salted": Flavour("HQ", "海盐焦糖", "Salted Caramel", "#F7D39B", "#B5651D", "cocoa"),
    # nuts
    "daily": Flavour("JD", "经典款", "Classic Mix", "#FBE0B0", "#A65E1F", "cashew"),
    "yogurtmix": Flavour("SN", "益生菌款", "Probiotic Mix", "#E8E0FA", "#6A4FB0", "blueberry"),
    "macadamia": Flavour("XW", "夏威夷果", "Macadamia", "#F2DDBB", "#8C5A2B", "macadamia"),
    "almond": Flavour("BD", "巴旦木", "Almond", "#F2D2A9", "#9C5A23", "almond"),
    "cashew": Flavour("YG", "腰果", "Cashew", "#FBE6BE", "#C58A2E", "cashew"),
    "pistachio": Flavour("KX", "开心果", "Pistachio", "#E1EBB8", "#7A9A3A", "pistachio"),
    "walnut": Flavour("HT", "核桃", "Walnut", "#EAD2B0", "#7D4E24", "walnut"),
    "seedplain": Flavour("YW", "原味瓜子", "Original Seeds", "#F3E3B5", "#C08A1E", "seed"),
    "seedcaramel": Flavour("JT", "焦糖瓜子", "Caramel Seeds", "#EFC58D", "#9A4F16", "seed"),
    # seasoning, oil, staples
    "light": Flavour("SC", "生抽", "Light", "#F4C38B", "#B23A1E", "soybean"),
    "darksoy": Flavour("LC", "老抽", "Dark", "#D6A57A", "#4A1C12", "soybean"),
    "steamedfish": Flavour("ZY", "蒸鱼豉油", "Steamed-Fish", "#BFE0DC", "#1F6F78", "fish"),
    "oyster": Flavour("HY", "蚝油", "Oyster Sauce", "#E3C4A0", "#6B2F1A", "oyster"),
    "mature": Flavour("CC", "陈醋", "Mature Vinegar", "#D9B38C", "#4B2413", "sorghum"),
    "fragrant": Flavour("XC", "香醋", "Fragrant Vinegar", "#E9C79C", "#7A3B1A", "rice"),
    "whitevinegar": Flavour("MC", "米醋", "Rice Vinegar", "#F7E8BE", "#7A5514", "rice"),
    "peanut": Flavour("HS", "压榨花生油", "Peanut Oil", "#FFD97A", "#C4511A", "peanut"),
    "rapeseed": Flavour("CZ", "菜籽油", "Rapeseed Oil", "#FFE066", "#B88A00", "rapeseed"),
    "soybean": Flavour("DD", "大豆油", "Soybean Oil", "#FFE9A0", "#4C8C3B", "soybean"),
    "cornoil": Flavour("YM", "玉米油", "Corn Oil", "#FFE37A", "#E08E00", "corn"),
    "longgrain": Flavour("CL", "长粒香米", "Long-Grain Rice", "#DDEFD2", "#2F6B3A", "rice"),
    "pearl": Flavour("ZZ", "珍珠米", "Pearl Rice", "#E0EAF8", "#2B5C9E", "rice"),
    "silk": Flavour("SM", "丝苗米", "Silk Rice", "#FBE7C2", "#B3541E", "rice"),
    "bulkrice": Flavour("SZ", "散装大米", "Bulk Rice", "#F0EAD6", "#6F7D3C", "rice"),
    "highgluten": Flavour("GJ", "高筋面粉", "Bread Flour", "#F6E3C0", "#A2561E", "wheat"),
    "plainflour": Flavour("ZJ", "家用面粉", "All-Purpose Flour", "#E9E6D8", "#3D6E9E", "wheat"),
    "eggnoodle": Flavour("JD", "鸡蛋挂面", "Dried Egg Noodles", "#FFE8A3", "#D48806", "wheat"),
    # cans and frozen
    "tangerine": Flavour("JZ", "橘子", "Mandarin", "#FFCB80", "#EF6C00", "orange"),
    "assorted": Flavour("SJ", "什锦水果", "Fruit Cocktail", "#FFD6D0", "#D6336C", "cherry"),
    "luncheon": Flavour("YW", "经典原味", "Classic", "#F9C2B8", "#C0392B", "ham"),
    "blackpepper": Flavour("HJ", "黑胡椒", "Black Pepper", "#D9CFC4", "#3B3632", "ham"),
    "tunaoil": Flavour("YJ", "油浸", "in Oil", "#FCE5A4", "#0B7285", "fish"),
    "tunawater": Flavour("SJ", "水浸", "in Water", "#C5EAF5", "#1864AB", "fish"),
    "corn": Flavour("YM", "甜玉米粒", "Sweet Corn", "#FFE580", "#E69500", "corn"),
    "porkcabbage": Flavour("BC", "猪肉白菜", "Pork & Cabbage", "#D6EBC0", "#3F8F45", "cabbage"),
    "threefresh": Flavour("SX", "虾仁三鲜", "Shrimp Trio", "#FFD3C2", "#E2583E", "shrimp"),
    "chive": Flavour("JC", "韭菜鸡蛋", "Chive & Egg", "#DDF0B2", "#4E8B2C", "scallion"),
    "blacksesame": Flavour("HZ", "黑芝麻", "Black Sesame", "#DAD7E0", "#3A3547", "sesame"),
    "peanutfill": Flavour("HS", "花生", "Peanut", "#F6DDB3", "#B46B22", "peanut"),
    "porkbun": Flavour("XR", "鲜肉", "Pork", "#FBD5C4", "#B8452E", "bun"),
    "custard": Flavour("NH", "奶黄", "Custard", "#FFEBA0", "#E3A008", "bun"),
    # household and services
    "lavender": Flavour("XY", "薰衣草", "Lavender", "#DCCBF5", "#7A4FBF", "lavender"),
    "fresh": Flavour("QX", "清新海风", "Sea Breeze", "#C6ECF7", "#1C8FB5", "wave"),
    "camellia": Flavour("CZ", "茶籽", "Camellia Seed", "#DDEBC4", "#5E8C31", "tealeaf"),
    "bamboo": Flavour("ZJ", "竹浆", "Bamboo Pulp", "#E3F0CC", "#6C9A3B", "bamboo"),
    "wood": Flavour("YM", "原木", "Virgin Pulp", "#DDEFFC", "#3D8BCB", "cloud"),
    "citydelivery": Flavour("TC", "同城配送", "City Delivery", "#D5E4F7", "#2F6DB5", "truck"),
    "provincedelivery": Flavour("KS", "跨省专线", "Intercity Freight", "#FBE0C4", "#C96A1B", "truck"),
    "fridge": Flavour("BG", "立式冰柜押金", "Upright Cooler Deposit", "#CFEAF2", "#1B7F9C", "cooler"),
    "crate": Flavour("ZK", "周转筐押金", "Crate Deposit", "#CDE5D6", "#2C8154", "crate"),
}
