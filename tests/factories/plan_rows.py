"""The rules, steps, duties and sheets of the small plan that `plan_folder` writes."""

from typing import Any

Document = dict[str, Any]

#: section -> key -> (value, clause)
RULES: dict[str, dict[str, tuple[Any, str]]] = {
    "needs": {
        "cutoff": ("16:00", "default"),
        "max_per_person": (100, "default"),
        "file_limit_mb": (20, "default"),
        "reviewer_roles": (["supply"], "default"),
        "review_until": ("16:15", "default"),
        "review_remind_minutes": (30, "default"),
    },
    "catalog": {"message_characters": (1800, "default"), "question_times": (3, "default")},
    "visits": {
        "answer_minutes": (120, "C-09"),
        "remind_minutes": (45, "default"),
        "escalate_minutes": (30, "default"),
        "silent_cycles": (2, "C-09"),
    },
    "medicines": {
        "order_days": (3, "B-04"),
        "supply_days": (14, "default"),
        "open_at": ("08:30", "default"),
        "due_at": ("17:00", "default"),
        "unclear_by": ("20:00", "B-04"),
    },
    "delivery": {
        "lag_days": (1, "B-02"),
        "modes": ({"sealed": "address", "isolation": "address", "controlled": "village"}, "B-02, B-03"),
        "depart_at": ("07:30", "default"),
    },
    "allocation": {
        "source": ("stores", "B-02"),
        "tiers": ([["isolation", "controlled"], ["sealed", "precaution", "open"]], "C-02"),
        "special_groups_first": (True, "default"),
    },
    "reserve": {
        "min_cover_days": (7, "B-06"),
        "forecast_decay": (0.9, "default"),
        "forecast_days": (14, "default"),
        "prior_days": (7, "default"),
        "stock_out_hours": (24, "default"),
        "medicine_days": (1.0, "default"),
    },
    "purchase": {
        "trigger": ("low_cover", "B-07"),
        "budget_fen": (3_000_000, "B-10"),
        "lead_days": (1, "default"),
        "target_cover_days": (10, "default"),
        "approver_roles": (["supply"], "B-01"),
        "approve_below_fen": (0, "default"),
        "approval_until": ("18:00", "default"),
    },
    "receiving": {"inspector_roles": (["market_supervision"], "C-07"), "max_price_rise_pct": (10, "default")},
    "report": {
        "ready_at": ("14:30", "default"),
        "due_at": ("15:00", "B-12"),
        "to_roles": (["leading_group"], "B-12"),
        "endpoint": ("leading_group_office", "default"),
    },
    "prices": {
        "blue_pct": (30, "default"),
        "yellow_pct": (50, "default"),
        "orange_pct": (70, "default"),
        "staple_rise_pct": (5, "default"),
        "since": ("2022-01-01", "default"),
    },
    "notices": {
        "digest_at": (["08:30", "11:30", "17:30"], "default"),
        "daily_budget": (12, "default"),
        "role_budgets": ({"carer": 6}, "default"),
        "at_once": (
            [
                "fever",
                "medicine_low",
                "stock_out_soon",
                "lifeline_short",
                "approval_wanted",
                "duty_escalated",
                "run_failed",
                "medicine_unclear",
            ],
            "default",
        ),
        "beyond_budget": (["fever", "medicine_low", "lifeline_short"], "default"),
        "to": (
            {
                "catalog_published": ["community_staff"],
                "price_moved": ["market_supervision"],
                "price_questioned": ["market_supervision"],
                "goods_withdrawn": ["community_staff"],
                "needs_collected": ["supply"],
                "lines_returned": ["community_staff", "store_manager"],
                "review_wanted": ["supply"],
                "household_unknown": ["community_staff"],
                "medicine_unclear": ["community_staff", "supply"],
                "orders_allocated": ["supply", "store_manager"],
                "lifeline_short": ["supply", "coordinator"],
                "goods_out": ["community_staff", "carer"],
                "delivered": ["community_staff"],
                "stock_checked": ["supply"],
                "cover_low": ["supply", "store_liaison"],
                "stock_out_soon": ["supply", "store_liaison"],
                "medicine_low": ["supply", "coordinator"],
                "purchase_proposed": ["supply"],
                "approval_wanted": ["supply"],
                "purchase_decided": ["supply"],
                "purchase_ordered": ["supply", "supplier"],
                "goods_arrived": ["market_supervision"],
                "batch_held": ["market_supervision", "supply"],
                "report_submitted": ["leading_group"],
                "report_undelivered": ["market_supervision", "coordinator"],
                "duty_reminded": ["community_staff", "store_manager"],
                "duty_escalated": ["coordinator"],
                "run_failed": ["coordinator"],
                "alive": ["coordinator"],
                "fever": ["community_staff", "coordinator"],
            },
            "default",
        ),
        "retry_minutes": ([1, 5, 15], "default"),
    },
}
ROLES = {
    "leading_group": "领导小组",
    "coordinator": "综合协调",
    "supply": "供给保障",
    "market_supervision": "市场监管",
    "community_staff": "社区统计专人",
    "store_manager": "门店负责人",
    "store_liaison": "门店联络员",
    "carer": "包保联系人",
    "supplier": "供货单位负责人",
}
CATEGORIES: list[Document] = [
    {"id": "grain", "name": "粮食", "norm_g": 350, "lifeline": True, "staple": True},
    {"id": "oil", "name": "食用油", "norm_g": 50, "lifeline": True, "staple": True},
    {"id": "meat", "name": "肉类", "norm_g": 115, "staple": True},
    {"id": "eggs", "name": "鸡蛋", "norm_g": 60, "staple": True},
    {"id": "vegetables", "name": "蔬菜", "norm_g": 400, "min_cover_days": 3.0, "volatile": True},
    {"id": "medicine", "name": "药品", "norm_g": 0, "lifeline": True},
]
STEPS: list[Document] = [
    {"flow": "publish_catalog", "at": "08:00", "clause": "A-02"},
    {"flow": "collect_needs", "at": "16:05", "clause": "B-02, B-03"},
    {"flow": "review_intake", "at": "15:10", "clause": "default"},
    {"flow": "allocate_orders", "at": "16:20", "after": ["collect_needs"], "clause": "B-05"},
    {"flow": "deliver_orders", "at": "07:30", "after": ["allocate_orders"], "clause": "B-02"},
    {"flow": "receive_goods", "at": "10:30", "clause": "C-07"},
    {"flow": "check_stock", "at": "13:30", "clause": "B-06"},
    {"flow": "purchase_supplies", "at": "13:50", "after": ["check_stock"], "clause": "B-07"},
    {"flow": "submit_report", "at": "14:30", "after": ["check_stock"], "clause": "B-12"},
]


def _duty(name: str, title: str, owed_by: str, opens: str, due: str, by: str, clause: str) -> Document:
    times = {"opens": opens, "due": due, "remind_minutes": 60, "escalate_minutes": 30}
    return {"id": name, "title": title, "owed_by": owed_by, **times, "fulfilled_by": by, "clause": clause}


DUTIES = [
    _duty("needs_list", "居民需求上报", "communities", "08:00", "16:00", "needs", "B-02"),
    _duty("stock_report", "门店库存日报", "stores", "08:00", "13:00", "stock", "B-06"),
    _duty("delivery_confirmed", "配送签收确认", "communities", "07:30", "18:00", "delivery", "C-06"),
    _duty("market_report", "市场运行监测日报", "role:market_supervision", "14:00", "15:00", "report", "B-12"),
]
SHEETS = {
    "communities": """
community_id,name,village,zone,population,lat,lon,delivery_point,sign,point_capacity,contact
c_sealed,示例家园,示例村,sealed,120,32.7600,116.1200,示例家园东门,示例家园保供点,60,staff_sealed
c_controlled,样本庄,样本村,controlled,300,32.7700,116.1400,样本庄村部,样本庄保供点,80,staff_controlled
c_isolation,测试隔离点,示例村,isolation,40,32.7500,116.1300,测试隔离点南门,隔离点保供点,40,staff_isolation
""",
    "households": """
household_id,community_id,address,head,phone,persons,special_group,responsible,carer
h1,c_sealed,3-2-501,张示例,000-0000-0001,3,,staff_sealed,
h2,c_sealed,3-2-502,李示例,000-0000-0002,1,elderly_alone,staff_sealed,carer_1
h3,c_sealed,3-1-302,王示例,000-0000-0003,4,,staff_sealed,
h4,c_controlled,样本庄1号,赵示例,000-0000-0004,5,,staff_controlled,
h5,c_controlled,样本庄2号,钱示例,000-0000-0005,2,,staff_controlled,
h6,c_controlled,样本庄3号,孙示例,000-0000-0006,6,,staff_controlled,
h7,c_isolation,隔离点101,周示例,000-0000-0007,1,,staff_isolation,
h8,c_isolation,隔离点102,吴示例,000-0000-0008,2,,staff_isolation,
h9,c_controlled,样本庄4号,郑示例,000-0000-0009,1,disabled,staff_controlled,carer_1
""",
    "stores": """
store_id,name,kind,lat,lon,capacity_parcels,supplies_to,lead_days,channel,contact,liaison
market,示例超市,supermarket,32.7580,116.1180,100,,0,inbox,manager_market,liaison_1
pharmacy,示例药房,pharmacy,32.7620,116.1250,60,,0,inbox,manager_pharmacy,liaison_1
wholesale,示例批发,wholesale,32.8400,116.0400,0,market,1,inbox,supplier_1,liaison_1
""",
    "items": """
item_id,name,category,measure,unit,unit_base,step_base,pack_units,weight_g,keeps_days,aliases,also_units,medicine,max_units
rice,大米,grain,g,袋,5000,5000,4,5000,180,米,,false,6
flour,面粉,grain,g,袋,2500,2500,8,2500,180,白面,,false,6
oil,菜籽油,oil,ml,桶,5000,5000,4,4600,365,食用油|油,,false,3
pork,猪肉,meat,g,斤,500,50,20,500,3,鲜猪肉,,false,20
eggs,鸡蛋,eggs,piece,板,30,1,12,1650,25,土鸡蛋,个=1|箱=360,false,6
cabbage,白菜,vegetables,g,斤,500,50,50,500,15,大白菜,,false,20
potato,土豆,vegetables,g,斤,500,50,50,500,30,马铃薯|洋芋,,false,20
ibuprofen,布洛芬,medicine,piece,盒,1,1,20,50,720,,,true,2
""",
    "stock": """
store_id,item_id,qty_units,price_fen,cost_fen,checked_by
market,rice,60,3000,2500,验收示例
market,flour,40,1500,1200,验收示例
market,oil,30,7000,6200,验收示例
market,pork,120,1500,1200,验收示例
market,eggs,40,1800,1500,验收示例
market,cabbage,400,150,90,验收示例
market,potato,300,200,120,验收示例
pharmacy,ibuprofen,80,1800,1200,验收示例
pharmacy,eggs,20,1900,1500,验收示例
""",
    "officers": """
officer_id,name,role,serves,deputy,escalates_to,channels,phone
leader,领导示例,leading_group,,,,file,000-0000-0101
coordinator,协调示例,coordinator,,coordinator_2,leader,file,000-0000-0102
coordinator_2,协调副示例,coordinator,,,leader,file,000-0000-0103
supply_1,供给示例,supply,,supply_2,coordinator,file,000-0000-0104
supply_2,供给副示例,supply,,,coordinator,file,000-0000-0105
market_1,监管示例,market_supervision,,,coordinator,file|backup,000-0000-0106
staff_sealed,专人甲示例,community_staff,c_sealed,,coordinator,file,000-0000-0107
staff_controlled,专人乙示例,community_staff,c_controlled,,coordinator,file,000-0000-0108
staff_isolation,专人丙示例,community_staff,c_isolation,,coordinator,file,000-0000-0109
manager_market,店长甲示例,store_manager,market,,supply_1,file,000-0000-0110
manager_pharmacy,店长乙示例,store_manager,pharmacy,,supply_1,file,000-0000-0111
liaison_1,联络示例,store_liaison,,,supply_1,file,000-0000-0112
carer_1,包保示例,carer,,,coordinator,file,000-0000-0113
supplier_1,供货示例,supplier,wholesale,,supply_1,file,000-0000-0114
""",
}
