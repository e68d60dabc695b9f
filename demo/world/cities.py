"""The cities of the backbone: what they are called, where they lie and how big a market each is."""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class City:
    """One city; `weight` says how much business it has, `area_code` how its telephones begin."""

    name: str
    code: str
    chinese: str
    province: str
    area_code: str
    postcode: str
    weight: int
    longitude: float
    latitude: float


@dataclass(frozen=True, slots=True)
class Span:
    """One published adjacency of the backbone, length in kilometres."""

    a: str
    z: str
    km: float


_TABLE = """
Lhasa        LS 拉萨     西藏自治区         0891 850000 1
Lanzhou      LZ 兰州     甘肃省             0931 730000 3
Kashi        KS 喀什     新疆维吾尔自治区   0998 844000 1
Shiquanhe    SQ 狮泉河   西藏自治区         0897 859000 1
Jinan        JN 济南     山东省             0531 250000 5
Qingdao      QD 青岛     山东省             0532 266000 5
Taiyuan      TY 太原     山西省             0351 030000 4
Shijiazhuang SJ 石家庄   河北省             0311 050000 4
Shanghai     SH 上海     上海市             021  200000 30
Suzhou       SZ 苏州     江苏省             0512 215000 10
Nanning      NN 南宁     广西壮族自治区     0771 530000 3
Changsha     CS 长沙     湖南省             0731 410000 5
Guiyang      GY 贵阳     贵州省             0851 550000 4
Chongqing    CQ 重庆     重庆市             023  400000 10
Chengdu      CD 成都     四川省             028  610000 12
Kunming      KM 昆明     云南省             0871 650000 3
Xi'an        XA 西安     陕西省             029  710000 9
Zhengzhou    ZZ 郑州     河南省             0371 450000 5
Haikou       HK 海口     海南省             0898 570000 3
Hong_Kong    XG 香港     香港特别行政区     0852 999077 9
Hangzhou     HZ 杭州     浙江省             0571 310000 8
Wuhan        WH 武汉     湖北省             027  430000 9
Hefei        HF 合肥     安徽省             0551 230000 4
Nanjing      NJ 南京     江苏省             025  210000 9
Guangzhou    GZ 广州     广东省             020  510000 20
Xiamen       XM 厦门     福建省             0592 361000 3
Fuzhou       FZ 福州     福建省             0591 350000 3
Nanchang     NC 南昌     江西省             0791 330000 3
Xining       XN 西宁     青海省             0971 810000 2
Urumqi       UR 乌鲁木齐 新疆维吾尔自治区   0991 830000 3
Harbin       HB 哈尔滨   黑龙江省           0451 150000 3
Changchun    CC 长春     吉林省             0431 130000 3
Shenyang     SY 沈阳     辽宁省             024  110000 4
Dalian       DL 大连     辽宁省             0411 116000 4
Tianjin      TJ 天津     天津市             022  300000 10
Beijing      BJ 北京     北京市             010  100000 30
Hohhot       HT 呼和浩特 内蒙古自治区       0471 010000 2
Yinchuan     YC 银川     宁夏回族自治区     0951 750000 2
"""


@cache
def chinanet() -> tuple[tuple[City, ...], tuple[Span, ...]]:
    """Read the published backbone: its cities with their names in both languages, and its links."""
    published = json.loads(files("demo").joinpath("data/chinanet.json").read_text("utf-8"))
    positions = {city["name"]: (city["longitude"], city["latitude"]) for city in published["cities"]}
    cities = tuple(_city(line.split(), positions) for line in _TABLE.strip().splitlines())
    return cities, tuple(Span(link["a"], link["z"], link["km"]) for link in published["links"])


def _city(columns: list[str], positions: dict[str, tuple[float, float]]) -> City:
    name, code, chinese, province, area_code, postcode, weight = columns
    name = name.replace("_", " ")
    longitude, latitude = positions[name]
    return City(name, code, chinese, province, area_code, postcode, int(weight), longitude, latitude)
