"""Names of cities of China, as SQL: panels show where people work and come back from."""

import csv
import gzip
import io
from functools import cache
from importlib import resources

ABROAD = 9000
_MUNICIPALITY = ("市辖区", "县")  # of a city of its own the province has the name
_DIRECT = ("省直辖县级行政区划", "自治区直辖县级行政区划")


@cache
def cities() -> dict[int, str]:
    """Return the names of provinces and cities by the first four digits of their code.

    Examples
    --------
    >>> [cities()[code] for code in (4403, 3100, 3101, 4400)]
    ['深圳市', '上海市', '上海市', '广东省（城市不详）']
    """
    folder = resources.files("yujing.domain") / "data" / "region"
    text = gzip.decompress((folder / "china.csv.gz").read_bytes()).decode("utf8")
    rows = [(row["code"], row["name"]) for row in csv.DictReader(io.StringIO(text))]
    provinces = {code: name for code, name in rows if len(code) == 2}
    found = {ABROAD: "境外"}
    for code, province in provinces.items():
        of_its_own = province.endswith("市")
        found[int(code) * 100] = province if of_its_own else f"{province}（城市不详）"
    for code, name in rows:
        if len(code) == 4:
            province = provinces[code[:2]]
            whole = f"{province}直辖县" if name in _DIRECT else name
            found[int(code)] = province if name in _MUNICIPALITY else whole
    return found


def city(value: str = "value") -> str:
    """Return the SQL of the name of a city, by the first four digits of its code."""
    numbers = ", ".join(map(str, cities()))
    names = ", ".join(f"'{name}'" for name in cities().values())
    return f"transform(toInt64({value}), [{numbers}], [{names}], '城市不详')"
