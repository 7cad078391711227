"""The dealers as written by hand, one a line, and the cities they are in."""

# ruff: noqa: E501 - a table read across: one argument a line would make it ten screens long.

from typing import Final, NamedTuple


class City(NamedTuple):
    """`district_code` is the six digits with which credit codes issued there go on."""

    region: str
    province: str
    district: str
    district_code: str


class Row(NamedTuple):
    """`terms` is a key of `TERMS`, `limit` the credit limit in yuan, `short` the trade name."""

    code: str
    tier: str
    channel: str
    city: str
    zh: str
    short: str
    en: str
    street: str
    contact: str
    terms: str
    limit: int | None
    parent: str | None = None


CITIES: Final = {
    "杭州": City("east", "浙江省", "余杭区", "330110"),
    "宁波": City("east", "浙江省", "鄞州区", "330212"),
    "温州": City("east", "浙江省", "龙湾区", "330303"),
    "金华": City("east", "浙江省", "金东区", "330703"),
    "上海": City("east", "上海市", "嘉定区", "310114"),
    "苏州": City("east", "江苏省", "吴中区", "320506"),
    "南京": City("east", "江苏省", "江宁区", "320115"),
    "无锡": City("east", "江苏省", "惠山区", "320206"),
    "徐州": City("east", "江苏省", "铜山区", "320312"),
    "合肥": City("east", "安徽省", "包河区", "340111"),
    "福州": City("east", "福建省", "仓山区", "350104"),
    "济南": City("east", "山东省", "历城区", "370112"),
    "青岛": City("east", "山东省", "城阳区", "370214"),
    "广州": City("south", "广东省", "白云区", "440111"),
    "深圳": City("south", "广东省", "龙岗区", "440307"),
    "佛山": City("south", "广东省", "南海区", "440605"),
    "东莞": City("south", "广东省", "莞城街道", "441900"),
    "南宁": City("south", "广西壮族自治区", "西乡塘区", "450107"),
    "海口": City("south", "海南省", "龙华区", "460106"),
    "北京": City("north", "北京市", "大兴区", "110115"),
    "天津": City("north", "天津市", "西青区", "120111"),
    "石家庄": City("north", "河北省", "裕华区", "130108"),
    "太原": City("north", "山西省", "小店区", "140105"),
    "郑州": City("central", "河南省", "金水区", "410105"),
    "武汉": City("central", "湖北省", "江夏区", "420115"),
    "长沙": City("central", "湖南省", "雨花区", "430111"),
    "南昌": City("central", "江西省", "青山湖区", "360111"),
    "成都": City("southwest", "四川省", "双流区", "510116"),
    "重庆": City("southwest", "重庆市", "巴南区", "500113"),
    "绵阳": City("southwest", "四川省", "涪城区", "510703"),
    "昆明": City("southwest", "云南省", "官渡区", "530111"),
    "贵阳": City("southwest", "贵州省", "花溪区", "520111"),
    "西安": City("northwest", "陕西省", "未央区", "610112"),
    "兰州": City("northwest", "甘肃省", "城关区", "620102"),
    "银川": City("northwest", "宁夏回族自治区", "兴庆区", "640104"),
}

# fmt: off
ROWS: Final = (
    Row("D001", "diamond", "modern", "杭州", "浙江邻澄便利连锁有限公司", "邻澄便利", "Lincheng Convenience", "良渚街道栖云路 218 号", "方雅琴", "M60", None),
    Row("D002", "diamond", "wholesale", "广州", "广州穗渡食品批发有限公司", "穗渡食品", "Suidu Wholesale", "石井街道庆槎大道 66 号 A 区", "梁启文", "M30", 3500000),
    Row("D003", "diamond", "modern", "北京", "北京栖禾超市管理有限公司", "栖禾超市", "Qihe Supermarkets", "西红门镇宏业路 9 号", "马国栋", "M60", None),
    Row("D004", "diamond", "wholesale", "成都", "成都锦陌商贸有限公司", "锦陌商贸", "Jinmo Trading", "西航港街道空港三路 158 号", "谭志豪", "M30", 3000000),
    Row("D005", "diamond", "ecommerce", "上海", "上海筐筐电子商务有限公司", "筐筐优选", "Kuangkuang Online", "南翔镇银翔路 799 弄 5 号", "蒋文博", "M30", 2600000),
    Row("D006", "gold", "wholesale", "宁波", "宁波甬泽副食品有限公司", "甬泽副食", "Yongze Provisions", "下应街道湖下路 121 号", "徐海波", "M30", 900000),
    Row("D007", "gold", "modern", "苏州", "苏州吴澜百货超市有限公司", "吴澜超市", "Wulan Stores", "木渎镇金枫南路 318 号", "陆婷婷", "M60", 800000),
    Row("D008", "gold", "wholesale", "南京", "南京秣陵湾商贸有限公司", "秣陵湾", "Molingwan Trading", "秣陵街道将军大道 55 号", "曹建国", "M30", 850000),
    Row("D009", "gold", "catering", "深圳", "深圳鹏灶餐饮供应链有限公司", "鹏灶供应链", "Pengzao Catering Supply", "平湖街道富安大道 18 号", "黄伟杰", "M30", 700000),
    Row("D010", "gold", "wholesale", "武汉", "武汉江夏渡商贸有限公司", "江夏渡", "Jiangxiadu Trading", "纸坊街道文化大道 260 号", "汪磊", "M30", 900000),
    Row("D011", "gold", "modern", "重庆", "重庆岭上鲜商业有限公司", "岭上鲜", "Lingshangxian Retail", "李家沱街道渝南大道 99 号", "冉晓燕", "M60", 800000),
    Row("D012", "gold", "wholesale", "济南", "济南泉禾商贸有限公司", "泉禾商贸", "Quanhe Trading", "洪家楼街道花园路 188 号", "孙立军", "M30", 750000),
    Row("D013", "gold", "ecommerce", "金华", "金华小篓网络科技有限公司", "小篓到家", "Xiaolou Home Delivery", "江东镇金义南路 300 号", "楼思远", "M30", 600000),
    Row("D014", "gold", "wholesale", "西安", "西安灞禾商贸有限公司", "灞禾商贸", "Bahe Trading", "徐家湾街道浐灞大道 21 号", "雷振华", "M30", 800000),
    Row("D015", "gold", "catering", "成都", "成都巷子烟火餐饮管理有限公司", "巷子烟火", "Xiangzi Yanhuo Restaurants", "东升街道白衣上街 77 号", "邓梅", "M30", 600000),
    Row("D016", "gold", "modern", "郑州", "郑州豫澄商业连锁有限公司", "豫澄超市", "Yucheng Stores", "丰庆路街道国基路 162 号", "郭卫东", "M60", 800000),
    Row("D017", "gold", "wholesale", "佛山", "佛山南海岭汀食品有限公司", "岭汀食品", "Lingting Foods", "大沥镇盐步广佛路 40 号", "冼志强", "M30", 700000),
    Row("D018", "silver", "wholesale", "合肥", "合肥庐汀商贸有限公司", "庐汀商贸", "Luting Trading", "骆岗街道祁门路 1789 号", "孟德贵", "M30", 300000),
    Row("D019", "silver", "modern", "杭州", "杭州邻澄拱宸便利店有限公司", "邻澄拱宸", "Lincheng Gongchen", "仓前街道文一西路 1500 号", "俞晓峰", "M30", 260000, "D001"),
    Row("D020", "silver", "modern", "宁波", "宁波邻澄三江便利店有限公司", "邻澄三江", "Lincheng Sanjiang", "中河街道天童南路 588 号", "应佳妮", "M30", 260000, "D001"),
    Row("D021", "silver", "modern", "苏州", "苏州邻澄便利店有限公司", "邻澄姑苏", "Lincheng Gusu", "越溪街道苏街 198 号", "顾海燕", "M30", 260000, "D001"),
    Row("D022", "silver", "wholesale", "无锡", "无锡惠泽食品商行有限公司", "惠泽食品", "Huize Foods", "堰桥街道锡澄路 77 号", "钱惠明", "M30", 260000),
    Row("D023", "silver", "wholesale", "温州", "温州瓯禾副食有限公司", "瓯禾副食", "Ouhe Provisions", "蒲州街道上江路 12 号", "林永康", "COD", 180000),
    Row("D024", "silver", "catering", "福州", "福州榕灶餐饮管理有限公司", "榕灶餐饮", "Rongzao Catering", "金山街道浦上大道 272 号", "陈依妹", "M30", 220000),
    Row("D025", "silver", "wholesale", "青岛", "青岛胶澳泽商贸有限公司", "胶澳泽", "Jiaoaoze Trading", "流亭街道双元路 11 号", "于海涛", "M30", 280000),
    Row("D026", "silver", "modern", "天津", "天津津栖超市有限公司", "津栖超市", "Jinqi Stores", "中北镇星光路 27 号", "刘洪亮", "M30", 260000),
    Row("D027", "silver", "modern", "北京", "北京栖禾亦庄商店有限公司", "栖禾亦庄", "Qihe Yizhuang", "亦庄镇文化园西路 8 号", "宋佳", "M30", 240000, "D003"),
    Row("D028", "silver", "wholesale", "石家庄", "石家庄冀澄商贸有限公司", "冀澄商贸", "Jicheng Trading", "裕兴街道塔南路 130 号", "赵振国", "M30", 120000),
    Row("D029", "silver", "wholesale", "长沙", "长沙湘陌食品有限公司", "湘陌食品", "Xiangmo Foods", "黎托街道花侯路 36 号", "彭湘辉", "M30", 280000),
    Row("D030", "silver", "catering", "长沙", "长沙辣度坊餐饮有限公司", "辣度坊", "Ladufang Restaurants", "洞井街道劳动东路 820 号", "易小龙", "COD", 150000),
    Row("D031", "silver", "wholesale", "南宁", "南宁邕泽商贸有限公司", "邕泽商贸", "Yongze Nanning", "安吉街道安吉大道 45 号", "韦国强", "M30", 240000),
    Row("D032", "silver", "ecommerce", "东莞", "东莞拾贰仓电子商务有限公司", "拾贰仓", "Shi'ercang Online", "莞太路 118 号", "叶俊贤", "PRE", 200000),
    Row("D033", "silver", "wholesale", "昆明", "昆明滇陌商贸有限公司", "滇陌商贸", "Dianmo Trading", "太和街道彩云北路 350 号", "杨丽坤", "M30", 260000),
    Row("D034", "silver", "modern", "贵阳", "贵阳筑禾超市有限公司", "筑禾超市", "Zhuhe Stores", "溪北街道花溪大道 206 号", "吴贵生", "M30", 240000),
    Row("D035", "silver", "wholesale", "兰州", "兰州陇禾副食品有限公司", "陇禾副食", "Longhe Provisions", "雁滩街道天水北路 88 号", "马占林", "M30", 240000),
    Row("D036", "standard", "catering", "杭州", "杭州弄堂小灶餐饮店", "弄堂小灶", "Longtang Xiaozao", "闲林街道嘉企路 16 号", "余阿妹", "COD", 60000),
    Row("D037", "standard", "wholesale", "金华", "金华婺溪副食经营部", "婺溪副食", "Wuxi Creek Provisions", "多湖街道东湄路 5 号", "方根水", "PRE", 80000),
    Row("D038", "standard", "wholesale", "徐州", "徐州彭渡商贸有限公司", "彭渡商贸", "Pengdu Trading", "铜山街道北京南路 61 号", "韩雪冬", "M30", 100000),
    Row("D039", "standard", "modern", "南京", "南京百家圩生鲜超市", "百家圩", "Baijiawei Fresh", "东山街道上元大街 420 号", "陶德胜", "M30", 90000),
    Row("D040", "standard", "modern", "上海", "上海弄口杂货店有限公司", "弄口杂货", "Nongkou Corner Shop", "江桥镇曹安公路 1688 号", "沈阿福", "COD", 60000),
    Row("D041", "standard", "catering", "上海", "上海本帮渡餐饮有限公司", "本帮渡", "Benbangdu Restaurants", "安亭镇墨玉路 28 号", "顾美娟", "M30", 90000),
    Row("D042", "standard", "ecommerce", "温州", "温州团团购网络有限公司", "团团购", "Tuantuan Group Buying", "状元街道机场大道 1088 号", "陈晓晓", "PRE", 80000),
    Row("D043", "standard", "wholesale", "合肥", "合肥巢溪食品经营部", "巢溪食品", "Chaoxi Foods", "义城街道云谷路 233 号", "吴大庆", "COD", 70000),
    Row("D044", "standard", "wholesale", "福州", "福州三坊渡商行", "三坊渡", "Sanfangdu Store", "盖山镇齐安路 756 号", "林依伯", "M30", 80000),
    Row("D045", "standard", "modern", "济南", "济南趵溪便利店", "趵溪便利", "Baoxi Convenience", "全福街道二环东路 3966 号", "张传玉", "COD", 60000),
    Row("D046", "standard", "catering", "青岛", "青岛海蛎子渔家菜馆", "海蛎渔家", "Haili Fisher's Table", "夏庄街道王沙路 90 号", "纪淑芬", "PRE", 60000),
    Row("D047", "standard", "wholesale", "海口", "海口椰汀商贸有限公司", "椰汀商贸", "Yeting Trading", "金宇街道南海大道 15 号", "符永海", "PRE", 90000),
    Row("D048", "standard", "catering", "广州", "广州西关灶间餐饮有限公司", "西关灶间", "Xiguan Kitchen", "三元里街道机场路 131 号", "潘家明", "M30", 90000),
    Row("D049", "standard", "modern", "深圳", "深圳楼下小铺便利店", "楼下小铺", "Louxia Corner", "布吉街道吉华路 236 号", "郑楚生", "COD", 60000),
    Row("D050", "standard", "wholesale", "太原", "太原汾禾副食商行", "汾禾副食", "Fenhe Provisions", "坞城街道长治路 306 号", "郝建军", "M30", 80000),
    Row("D051", "standard", "modern", "天津", "天津海河沿生活超市", "海河沿", "Haiheyan Market", "李七庄街道梅林路 12 号", "窦桂兰", "COD", 12000),
    Row("D052", "standard", "wholesale", "南昌", "南昌赣澄食品经营部", "赣澄食品", "Gancheng Foods", "湖坊镇洪都中大道 199 号", "熊水根", "M30", 80000),
    Row("D053", "standard", "catering", "武汉", "武汉户部过早餐饮有限公司", "户部过早", "Hubu Breakfast", "五里界街道五园路 8 号", "余红梅", "M30", 80000),
    Row("D054", "standard", "ecommerce", "郑州", "郑州拼拼仓商贸有限公司", "拼拼仓", "Pinpincang Online", "杨金路街道三全路 95 号", "秦俊", "PRE", 8000),
    Row("D055", "standard", "wholesale", "绵阳", "绵阳涪溪副食经营部", "涪溪副食", "Fuxi Provisions", "石塘街道长虹大道 410 号", "蒲成林", "COD", 70000),
    Row("D056", "standard", "catering", "重庆", "重庆山城锅里餐饮有限公司", "山城锅里", "Shancheng Hotpot", "鱼洞街道巴县大道 33 号", "向光荣", "M30", 12000),
    Row("D057", "standard", "modern", "成都", "成都锦陌社区店", "锦陌社区店", "Jinmo Community Store", "九江街道万家湾路 6 号", "苟玉蓉", "M30", 90000, "D004"),
    Row("D058", "standard", "wholesale", "昆明", "昆明翠湖边商行", "翠湖边", "Cuihubian Store", "关上街道民航路 400 号", "和文华", "PRE", 70000),
    Row("D059", "standard", "wholesale", "银川", "银川塞泽商贸有限公司", "塞泽商贸", "Saize Trading", "大新镇友爱街 19 号", "马学忠", "M30", 80000),
    Row("D060", "standard", "catering", "西安", "西安城墙根面馆", "城墙根面馆", "Chengqianggen Noodles", "大明宫街道太华北路 15 号", "惠军", "COD", 12000),
)
# fmt: on
