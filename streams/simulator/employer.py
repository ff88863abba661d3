"""Invented names of employers; the place of a name is the employer's number in a job."""

import numpy as np

from streams.simulator.array import Array
from streams.simulator.job import AWAY_POOL, LOCAL_POOL
from yujing.domain.codes import Industry

_FIRST = list("华宏鑫恒瑞富盛泰祥隆达通和顺金旺兴裕昌茂")
_SECOND = list("达源利丰诚业辉腾锦美德信远洋光明亿佳康宁")
_KIND = {
    Industry.FARMING: "农业合作社", Industry.MINING: "矿业有限公司",
    Industry.ELECTRONICS: "电子有限公司",
    Industry.MANUFACTURING: "制造有限公司", Industry.UTILITIES: "水电公司",
    Industry.CONSTRUCTION: "建筑劳务有限公司", Industry.RETAIL: "商贸有限公司",
    Industry.TRANSPORT: "物流有限公司", Industry.CATERING: "餐饮管理公司",
    Industry.RESIDENT_SERVICE: "家政服务公司", Industry.PUBLIC_SERVICE: "公益岗位管理站",
}


def employer_names() -> Array:
    """Return the name of each employer."""
    pool = np.arange(LOCAL_POOL + AWAY_POOL)
    first = np.array(_FIRST)[pool % len(_FIRST)]
    second = np.array(_SECOND)[pool // len(_FIRST) % len(_SECOND)]
    series = np.where(pool >= 400, "第二", "")
    brand = np.char.add(np.char.add(first, second), series)
    kinds = [_KIND.get(industry, "有限公司") for industry in Industry]
    return np.concatenate([np.char.add(brand, kind) for kind in kinds])
