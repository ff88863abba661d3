"""What boards call rules of quality and kinds of likely doubles.

Rules of rows bring their words; those over the state belong to a room that boards do not know, so
their words stand here, and a test keeps them equal.
"""

from streams.door.quality import QualityRules

STATE_RULES = {
    "monitored_claimed_twice": "同一证件号码出现在两个监测户中",
    "in_two_households": "同一人登记在两户中，现以较晚的登记为准",
    "monitored_without_medical_cover": "监测户有成员今年未参加医疗保险（含大病保险）",
    "water_unsolved_and_not_monitored": "脱贫户饮水问题未解决，也未纳入监测",
    "under_line_and_not_monitored": "脱贫户人均纯收入低于监测线，未纳入监测",
    "income_above_20000_when_identified": "识别时人均纯收入高于 20000 元",
    "unstable_job_but_nobody_can_work": "风险为务工就业不稳，但家中无人能劳动",
    "unstable_job_without_work_record": "风险为务工就业不稳，但家中无人有务工记录",
    "no_labour_but_a_quarter_can_work": "风险为缺劳动力，但四分之一以上成员能劳动",
    "no_labour_but_half_can_work": "风险为缺劳动力，但四人以上的家庭有一半以上成员能劳动",
    "illness_without_cost": "风险为因病，但合规自付为 0",
    "housing_risk_without_measure": "风险为安全住房，但没有住房帮扶措施",
    "water_risk_without_measure": "风险为安全饮水，但没有饮水帮扶措施",
    "work_measure_but_nobody_works": "有就业帮扶或公益性岗位措施，但识别以来无人务工",
    "labour_export_but_nobody_left": "有劳务输出措施，但识别以来没有新的县外务工人员",
    "child_at_work": "未满 16 周岁正在务工",
    "unable_at_work": "无劳动力或丧失劳动力正在务工",
    "public_post_turned_70": "公益性岗位在岗人员年满 70 周岁",
    "idle_without_end": "月监测为未务工，但务工结束时间为空",
}
RULES = {rule.id: rule.reason.zh for rule in QualityRules.load().rules} | STATE_RULES
DOUBLES = {
    "one_digit": "证件号码差一位", "swapped": "证件号码有两位对调", "same_home": "同户同名同生日",
    "variant": "名字写法不同", "two_homes": "一人登记在两户",
}  # fmt: skip
