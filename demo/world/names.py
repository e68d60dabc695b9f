"""The words out of which customers, streets and people are named, in Chinese and English. All of them invented.

The brands are built of characters that real firms seldom use, so that none of them is a real company.
"""

_FIRST = "汐xi 岚lan 砚yan 枫feng 槿jin 屿yu 澄cheng 沐mu 霁ji 珩heng 翎ling 旭xu"
_SECOND = "岳yue 川chuan 衡heng 汀ting 舟zhou 陌mo 原yuan 序xu 泽ze 桥qiao 林lin 湾wan"

BRANDS = [
    (first[0] + second[0], (first[1:] + second[1:]).capitalize())
    for first in _FIRST.split()
    for second in _SECOND.split()
]

INDUSTRIES = [
    ("银行", "Bank", "bank"),
    ("人寿保险", "Life Insurance", "insurance"),
    ("医院", "Hospital", "hospital"),
    ("重工集团", "Heavy Industries", "manufacturing"),
    ("证券", "Securities", "securities"),
    ("物流", "Logistics", "logistics"),
    ("汽车制造", "Automotive", "manufacturing"),
    ("电子科技", "Electronics", "manufacturing"),
    ("连锁超市", "Supermarkets", "retail"),
    ("大学", "University", "education"),
    ("云计算", "Cloud Computing", "internet"),
    ("航空", "Airlines", "transport"),
]

ROADS = ["人民路", "中山路", "解放路", "建设路", "和平路", "科技路", "金融街", "滨江大道", "高新大道", "文化路"]
DISTRICTS = ["高新区", "经开区", "中心区", "新城区", "东城区", "西城区", "南湖区", "北岸区"]
SURNAMES = [("王", "Wang"), ("李", "Li"), ("张", "Zhang"), ("刘", "Liu"), ("陈", "Chen"), ("杨", "Yang"),
            ("赵", "Zhao"), ("黄", "Huang"), ("周", "Zhou"), ("吴", "Wu")]  # fmt: skip
GIVEN_NAMES = [("伟", "Wei"), ("芳", "Fang"), ("敏", "Min"), ("静", "Jing"), ("强", "Qiang"), ("磊", "Lei"),
               ("洋", "Yang"), ("艳", "Yan"), ("军", "Jun"), ("杰", "Jie")]  # fmt: skip
