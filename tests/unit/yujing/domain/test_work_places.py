"""Places of work in all of China by name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yujing.domain.work_places import WorkPlaces

PLACES = WorkPlaces.load()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("广东省东莞市长安镇", 441900),
        ("广东东莞", 441900),
        ("东莞市", 441900),
        ("广东省", 440000),
        ("浙江省金华市义乌市", 330782),
        ("义乌", 330782),
        ("北京市朝阳区", 110105),
        ("上海", 310000),
        ("贵州省织金县", 520524), ("织金", 520524), ("520524", 520524), ("境外", 900000),
        ("江苏南京鼓楼区", 320106),
        ("吉林长春", 220100),
        ("红河州", 532500),
        ("黔东南州凯里市", 522601),
        ("内蒙古自治区", 150000), ("新疆", 650000), ("广东省深圳市宝安区沙井街道某厂", 440306),
        ("重庆市渝北区", 500112), (" 广 东 省 东 莞 市 ", 441900),
    ],
)  # fmt: skip
def test_names_of_one_place(text: str, code: int) -> None:
    assert PLACES.find(text) == (code, "")


@pytest.mark.parametrize(
    ("text", "code", "trouble"),
    [
        ("鼓楼区", 0, "ambiguous"), ("朝阳区", 0, "ambiguous"), ("吉林", 0, "ambiguous"),
        ("恩施", 0, "ambiguous"), ("省外", 0, "not_found"), ("红河路", 0, "not_found"),
        ("东莞长安镇", 0, "not_found"),
        ("广东省长沙县", 440000, "not_found"),
        ("5205", 0, "not_found"),
        ("某某电子厂", 0, "not_found"),
    ],
)  # fmt: skip
def test_what_is_not_sure_is_no_place(text: str, code: int, trouble: str) -> None:
    assert PLACES.find(text) == (code, trouble)


@given(st.text(alphabet="广东省莞市义乌县区长安厂路贵州红河", max_size=8))
def test_any_text_is_a_place_or_a_trouble(text: str) -> None:
    code, trouble = PLACES.find(text)

    assert code > 0 or trouble
