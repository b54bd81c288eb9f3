"""A made-up bureau in a real city: districts are public facts, people and shops are invented.

Every identifier has a valid checksum. Telephone numbers begin with 1990000, people are all born
on 1 January 1990 and companies numbered from MA0000001 on.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

from stdnum.cn import ric, uscc

BUREAU = ("demo", "西安市行政审批服务局（演示）", "Xi'an Permit Bureau (demonstration)")
BUREAU_PLACE = (108.9469, 34.3432)  # WGS-84
BUREAU_PHONE = "029-80000000"

#: GB/T 2260 code, name, English name, centre in WGS-84.
DISTRICTS = (
    ("610102", "新城区", "Xincheng", 108.975, 34.270),
    ("610103", "碑林区", "Beilin", 108.950, 34.250),
    ("610104", "莲湖区", "Lianhu", 108.915, 34.268),
    ("610111", "灞桥区", "Baqiao", 109.055, 34.290),
    ("610112", "未央区", "Weiyang", 108.940, 34.325),
    ("610113", "雁塔区", "Yanta", 108.940, 34.220),
)
#: A zone (功能区) has no GB/T 2260 code: the bureau gives it one, with a first day.
ZONE = ("XA-CB", "浐灞生态区", "Chanba zone", date(2004, 9, 9))
STREETS = (("610112003", "大明宫街道", "610112"), ("610112007", "未央宫街道", "610112"))

#: Name, home district, districts allowed besides, families of item types (codes begin with).
EXPERTS = (
    ("李敏", "610112", ("610102", "610104"), ("01", "02", "03", "13")),
    ("王建国", "610112", ("610104", "610111"), ("01", "02", "13")),
    ("赵磊", "610113", ("610103", "610104", "610112", "610102"), ("07", "04", "05")),
    ("陈雪", "610113", ("610103", "610112", "610104", "610111"), ("07", "06", "04", "05")),
    ("孙浩", "610104", ("610112", "610103"), ("01", "03", "09")),
    ("周婷", "610103", ("610102", "610113"), ("03", "06", "09", "10")),
    ("马超", "610102", ("610111", "610112", "610103", "610104"), ("12", "11", "14")),
    ("何静", "610111", ("610102", "610112", "610103", "610104"), ("12", "11", "14", "01")),
    ("郭鹏", "610112", ("610103", "610113"), ("06", "04", "05", "10")),
    ("杨帆", "610103", ("610104", "610113"), ("01", "02", "13", "08")),
    ("高翔", "610111", ("610102", "610112"), ("01", "13", "09", "08")),
    ("林芳", "610104", ("610112", "610102"), ("01", "03", "07")),
)


@dataclass(frozen=True, slots=True)
class Shop:
    """One application, as a clerk would type it."""

    number: str
    name: str
    code: str  # of the item type
    district: str  # its name
    address: str
    contact: str
    phone: str
    identifier: str
    accepted_on: date
    longitude: float
    latitude: float


_NAMES = {
    "0101": ("张记小炒", "老孙家泡馍", "福满楼", "渭水人家", "凤城面馆", "回民街小食堂", "川香居"),
    "0402": ("康宁大药房", "百草堂药店", "仁济大药房", "惠民药房"),
    "0602": ("杏林中医诊所", "同心堂中医诊所", "德济中医诊所"),
    "0701": ("康宁宠物医院", "爱宠动物诊所", "萌友动物诊所"),
    "1201": ("秦岭化工经营部", "渭北化工商贸"),
    "1204": ("广源加油站", "北二环加油站"),
    "1303": ("顺达汽修", "华美理发店", "晨光文具", "新城花店", "雁塔书屋"),
    "0302": ("悦来宾馆", "大明宫浴池", "如家快捷旅店", "汇丰酒店"),
    "0903": ("育才培训学校", "启明艺术培训中心", "慧学教育"),
}
_ROADS = (
    "凤城五路",
    "未央路",
    "太华北路",
    "文景路",
    "朱宏路",
    "长乐路",
    "友谊路",
    "丰庆路",
    "咸宁路",
)
_FAMILY = "张王李赵刘陈杨黄周吴徐孙马朱胡林郭何高罗"
_GIVEN = ("桂兰", "建军", "秀英", "海燕", "志强", "丽", "伟", "芳", "国栋", "晓梅", "小龙", "玉珍")


def shops(codes: list[str], count: int, today: date, seed: int = 20261124) -> list[Shop]:
    """`count` invented applications for the given item types; the same seed, the same shops.

    The first one is for the first code: it is the case that the demonstration carries through.
    """
    chance = random.Random(seed)
    return [
        _shop(chance, number, codes[0] if number == 1 else chance.choice(codes), today)
        for number in range(1, count + 1)
    ]


def _shop(chance: random.Random, number: int, code: str, today: date) -> Shop:
    district = DISTRICTS[4] if number == 1 else chance.choice(DISTRICTS)
    names = _NAMES.get(code, ("长安商行", "秦岭商贸", "渭河服务部"))
    turn = (number - 1) // len(DISTRICTS)
    name = "张记小炒" if number == 1 else names[number % len(names)]
    company = chance.random() < 0.7
    return Shop(
        number=f"{district[1][:2]}办〔{today.year}〕{number:04}",
        name=name if turn == 0 else f"{name}（{district[1][:2]}{turn}店）",
        code=code,
        district=district[1],
        address=f"西安市{district[1]}{chance.choice(_ROADS)} {chance.randint(1, 188)} 号",
        contact=chance.choice(_FAMILY) + chance.choice(_GIVEN),
        phone=f"1990000{number:04}",
        identifier=_company(district[0], number) if company else _person(district[0], number),
        accepted_on=today - timedelta(days=chance.randint(0, 4)),
        longitude=round(district[3] + chance.uniform(-0.025, 0.025), 6),
        latitude=round(district[4] + chance.uniform(-0.018, 0.018), 6),
    )


def _company(district: str, number: int) -> str:
    body = f"92{district}MA0{number:06}"
    return body + uscc.calc_check_digit(body)


def _person(district: str, number: int) -> str:
    body = f"{district}19900101{number % 1000:03}"
    return body + ric.calc_check_digit(f"{body}0")
