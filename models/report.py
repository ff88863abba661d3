"""The back-test as one self-contained page in Chinese, with its charts as SVG."""

from collections.abc import Mapping
from datetime import datetime
from html import escape
from math import isnan

from models.backtest import ORACLE, SCORECARD, UNCONSTRAINED, Backtest
from models.card import Scorecard, cell_zh
from models.judging import Judged
from models.metrics import Share

_KINDS = {"u90": "90天内失业（U90，春节调整）", "p12": "12个月内跌破监测线或新纳入监测（P12）"}
_NAMES = {
    SCORECARD: "计分卡（本系统）", "expert": "专家计分卡", "penalised logit": "惩罚逻辑回归",
    UNCONSTRAINED: "无约束提升树", "best column": "最佳单列排序", "prevalence": "随机（基准率）",
    "last month": "上月状态", "must visit": "八必访规则", "income sort": "收入排序",
    ORACLE: "真实风险（上限）",
}
_ORDER = (ORACLE, UNCONSTRAINED, SCORECARD, "penalised logit", "expert", "best column",
          "income sort", "must visit", "last month", "prevalence")
_STYLE = """
body{font-family:"Noto Sans SC","Noto Sans CJK SC","Microsoft YaHei",sans-serif;max-width:60rem;
margin:2rem auto;padding:0 1rem;color:#222;line-height:1.6}
table{border-collapse:collapse;width:100%;margin:1rem 0}
th,td{border-bottom:1px solid #ddd;padding:.3rem .5rem;text-align:right}
th:first-child,td:first-child{text-align:left}
tr.own{background:#eef4fb;font-weight:600}
.note{color:#666;font-size:.9em}
svg{max-width:100%;height:auto}
"""
_WIDTH, _HEIGHT, _LEFT = 640, 26, 190


def to_html(
    tests: Mapping[str, Backtest], *, made_at: datetime, cards: tuple[Scorecard, ...] = ()
) -> str:
    """Return the page.

    Parameters
    ----------
    tests
        Back-tests by kind.
    made_at
        Printed on the page.
    cards
        Scorecards to print as tables.
    """
    parts = [_section(test) for test in tests.values()] or [
        "<p>历史数据太短，尚无已结清的结果可供回测。</p>"
    ]
    parts += [_card(card) for card in cards]
    return (
        "<!doctype html><html lang=zh-CN><head><meta charset=utf-8>"
        "<meta name=viewport content='width=device-width'><title>预警模型回测</title>"
        f"<style>{_STYLE}</style></head><body><h1>预警模型回测</h1>"
        f"<p class=note>{made_at:%Y-%m-%d %H:%M}　训练只用当时已知的事实；"
        "同一户不同时出现在训练与检验中。</p>"
        + "".join(parts) + "</body></html>"
    )


def _section(test: Backtest) -> str:
    """Return the part about one kind of risk."""
    origins = "、".join(map(str, test.origins))
    rows = [(name, test.ranked[name]) for name in _ORDER if name in test.ranked]
    return (
        f"<h2>{_KINDS[test.kind]}</h2>"
        f"<p>起点 {origins}；{test.n:,} 个对象，其中 {test.n_positive:,} 个发生，基准率 "
        f"{test.base_rate:.2%}，结果未知 {test.share_unknown:.1%}。</p>"
        + _table(rows) + _bars(rows) + _calibration(test) + _doubts(test)
    )


def _table(rows: list[tuple[str, Judged]]) -> str:
    """Return the figures of all rankings."""
    head = ("<table><tr><th>排序方法</th><th>平均精度</th><th>村容量内准确率</th><th>召回率</th>"
            "<th>提前天数（中位）</th><th>入选</th><th>未知</th></tr>")
    body = "".join(
        f"<tr{' class=own' if name == SCORECARD else ''}><td>{_NAMES[name]}</td>"
        f"<td>{_number(judged.average_precision)}</td><td>{_interval(judged.precision)}</td>"
        f"<td>{_interval(judged.recall)}</td><td>{_days(judged.lead_days)}</td>"
        f"<td>{judged.chosen:,}</td><td>{judged.unknown_share:.0%}</td></tr>"
        for name, judged in rows
    )
    return (head + body + "</table><p class=note>括号内为按村重抽样的95%区间；"
            "各项只计结果已知者；未知指若不剔除，入选者中结果未知的比例（失业项多为当时已失业、事后才得知）。</p>")


def _bars(rows: list[tuple[str, Judged]]) -> str:
    """Return precision at capacity as bars with intervals."""
    known = [(name, judged.precision) for name, judged in rows if not isnan(judged.precision.value)]
    top = max((share.high for _, share in known), default=0.0) or 1.0
    scale = (_WIDTH - _LEFT - 60) / top
    lines = [
        f"<text x=0 y={y + 16} font-size=13>{_NAMES[name]}</text>"
        f"<rect x={_LEFT} y={y + 4} width={share.value * scale:.1f} height=14 "
        f"fill='{'#2563a8' if name == SCORECARD else '#9db8d4'}'/>"
        f"<line x1={_LEFT + share.low * scale:.1f} x2={_LEFT + share.high * scale:.1f} "
        f"y1={y + 11} y2={y + 11} stroke='#222'/>"
        f"<text x={_LEFT + share.high * scale + 6:.1f} y={y + 16} font-size=12>"
        f"{share.value:.1%}</text>"
        for y, (name, share) in zip(range(0, len(known) * _HEIGHT, _HEIGHT), known, strict=True)
    ]
    return _svg("村容量内准确率", len(known) * _HEIGHT + 4, lines)


def _calibration(test: Backtest) -> str:
    """Return observed against expected: two ratios, the curve, the groups."""
    found = test.calibration
    curve = found["curve"]
    top = max([max(mean, seen) for mean, seen, _ in curve], default=0.0) or 1.0
    side = 260
    points = [
        f"<circle cx={30 + mean / top * side:.1f} cy={10 + side - seen / top * side:.1f} r=4 "
        f"fill='#2563a8'><title>预计 {mean:.2%}，实际 {seen:.2%}，{n} 个</title></circle>"
        for mean, seen, n in curve
    ]
    frame = [
        f"<line x1=30 y1={10 + side} x2={30 + side} y2=10 stroke='#999' stroke-dasharray='4 3'/>",
        f"<polyline points='30,10 30,{10 + side} {30 + side},{10 + side}' fill=none "
        "stroke='#222'/>",
        f"<text x=34 y=22 font-size=12>实际（上限 {top:.1%}）</text>",
        f"<text x={30 + side - 60} y={side + 26} font-size=12>预计概率</text>",
    ]
    groups = "".join(
        f"<tr><td>{escape(name)}</td><td>{group['observed_to_expected']:.2f}</td>"
        f"<td>{group['n']:,}</td></tr>"
        for name, group in found["groups"].items()
    )
    head = "<tr><th>群体（只用于审查，不进入模型）</th><th>实际/预计</th><th>人数</th></tr>"
    audit = f"<table>{head}{groups}</table>" if groups else ""
    return (
        f"<h3>校准</h3><p>实际/预计：总体 {found['overall']:.2f}，风险最高十分之一 "
        f"{found['top_tenth']:.2f}（1 为准确）。</p>" + _svg("校准曲线", side + 34, frame + points)
        + audit
    )


def _doubts(test: Backtest) -> str:
    """Return declared directions against which the data speak, and the best column."""
    doubts = "；".join(
        f"{escape(name)}（设定 {'升' if direction > 0 else '降'}，数据相关 {found:+.3f}）"
        for name, direction, found in test.directions
    ) or "无"
    return (f"<p class=note>最佳单列：{escape(test.best_column)}。"
            f"与数据方向相反的单调设定：{doubts}。</p>")


def _card(card: Scorecard) -> str:
    """Return a scorecard as a table a person can read."""
    rows = []
    for feature in card.features:
        points = [*feature.points, feature.unknown]
        if max(points) - min(points) < 0.005:
            continue
        cells = "，".join(
            f"{escape(cell_zh(feature, cell))}：{point:+.2f}" for cell, point in enumerate(points)
        )
        rows.append(f"<tr><td>{escape(feature.zh)}（{escape(feature.unit)}）</td>"
                    f"<td style='text-align:left'>{cells}</td></tr>")
    return (
        f"<h2>计分卡 {escape(card.id)}</h2><p class=note>{escape(card.method)}；截距 "
        f"{card.intercept:.3f}；各格为对数几率分，相加即得分。</p>"
        f"<details><summary>展开全部 {len(rows)} 项</summary><table><tr><th>特征</th>"
        f"<th style='text-align:left'>取值：分</th></tr>{''.join(rows)}</table></details>"
    )


def _svg(title: str, height: int, lines: list[str]) -> str:
    """Return a drawing."""
    return (f"<svg role=img aria-label='{title}' width={_WIDTH} height={height} "
            f"viewBox='0 0 {_WIDTH} {height}'>{''.join(lines)}</svg>")


def _number(value: float) -> str:
    """Return a figure, a dash for none."""
    return "—" if isnan(value) else f"{value:.3f}"


def _days(value: float) -> str:
    """Return days, a dash for none."""
    return "—" if isnan(value) else f"{value:.0f}"


def _interval(share: Share) -> str:
    """Return a share with its interval."""
    if isnan(share.value):
        return "—"
    return f"{share.value:.1%} <span class=note>({share.low:.1%}–{share.high:.1%})</span>"
