"""What the sender of a row reads: the outcome, and why, in Chinese."""

from functools import cache

from streams.door.quality import QualityRules
from streams.pipeline import Outcome

OUTCOME_ZH = {
    Outcome.ACCEPTED: "已接收",
    Outcome.DUPLICATE: "重复",
    Outcome.CONFLICT: "冲突",
    Outcome.REJECTED: "已拒绝",
    Outcome.UNMATCHED: "未匹配",
}
PLAIN_ZH = {
    Outcome.CONFLICT: "同一条记录有两种不同内容，以先收到的为准，请核实",
    Outcome.UNMATCHED: "系统中没有登记此人（户），已暂存，登记后自动生效",
}


@cache
def doubts_zh() -> dict[str, str]:
    """Return what each rule of data quality says."""
    return {rule.id: rule.reason.zh for rule in QualityRules.load().rules}
