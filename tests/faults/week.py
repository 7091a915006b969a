"""The days on which runs are killed: two small plans, what lies in their inboxes, and every flow at its hour.

`DAYS` is played once from an empty data folder; the state before each act is kept as the template of its cases.
"""

from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.factories.plan_folder import change, plan_sheets, station_document, station_sheets, write_plan
from tests.faults.child import BRING_UP, Act

ZONE = ZoneInfo("Asia/Shanghai")
#: The officers who get what goes out at once, on a webhook that honours keys; all others on the file channel.
HOOKED = ("supply_1", "coordinator")
STORES, STATION = "demo", "station_demo"
#: Used up on the 25th, and so to be fetched on the 22nd.
MEDICINE = {
    "household_id": "h2",
    "medicine": "布洛芬",
    "pharmacy": "pharmacy",
    "daily_units": "1",
    "pack_units": "10",
    "units_left": "4",
    "as_of": "2022-04-21",
    "prescription": "RX-1",
}
ARRIVAL = "订单号,商品,数量,单位,进价,供货商,生产日期,检验人,检验结论\n"


def write_plans(root: Path) -> None:
    """Both plans, purchases answered by the plan's own rule, so that a run goes from proposal to orders."""
    rules = {"purchase__approve_below_fen": 100_000_000, "notices__retry_minutes": [1, 5, 15]}
    station = (STATION, station_document(STATION), station_sheets())
    stores = (STORES, None, plan_sheets() | {"medicines": [MEDICINE]})
    for plan_id, document, sheets in (stores, station):
        for officer_id in HOOKED:
            change(sheets, "officers", officer_id, channels="hook|file")
        write_plan(root / plan_id, document, sheets, **rules)


def fill_inbox(inbox: Path) -> None:
    """Everything that comes in, readable and not; each run takes what is of its day."""
    stores, station = inbox / STORES, inbox / STATION
    day, next_day, monday, tuesday = "2022-04-21", "2022-04-22", "2022-04-25", "2022-04-26"
    order, bought = f"{STORES}:{day}:wholesale:market", f"{STATION}:{tuesday}:wholesale:station"
    chain = "#接龙\n1. 3-2-501 大米1袋 白菜5斤\n2. 3-2-502 鸡蛋1板，土豆2斤\n3. 3-9-999 大米1袋\n4. 3-1-302 火箭2枚\n"
    table = "户号,商品,数量,单位\nh4,大米,2,袋\nh5,猪肉,3,斤\n"
    _put(stores / "catalog" / day / "market_1.csv", "商品,售价,单位,供应\n大米,30,袋,有\n猪肉,15,斤,有\n火箭,1,枚,有\n")
    _put(stores / "stock" / day / "market_1.csv", "商品,库存,单位,售价,销量\n大米,58,袋,30,2\n猪肉,125,斤,15,9\n")
    _put(stores / "supply" / day / "示例批发.csv", "商品,每日可供,单位,供货价\n大米,2,袋,25\n火箭,1,枚,9\n")
    _put(stores / "needs" / day / "示例家园_a.txt", f"{chain}5. 3-1-302 速效救心丸1盒\n")
    (stores / "needs" / day / "样本庄_b.csv").write_bytes(table.encode("gb18030"))
    _put(stores / "needs" / day / "测试隔离点_c.xlsx", "no workbook")
    arrived = (
        f"{order},大米,4,袋,25,示例批发,2022-04-20,监管示例,合格\n{order},猪肉,100,斤,12,示例批发,,监管示例,不合格\n"
    )
    _put(stores / "arrivals" / next_day / "wholesale_1.csv", f"{ARRIVAL}{arrived}{order},白菜,50,斤,0.9,示例批发,,,\n")
    _put(station / "needs" / monday / "示例家园_a.txt", chain)
    _put(station / "needs" / monday / "样本庄_b.csv", table)
    rice = f"{bought},大米,4,袋,25,示例批发,,监管示例,合格\n"
    _put(station / "arrivals" / tuesday / "wholesale_1.csv", f"{ARRIVAL}{rice}")


def _put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _act(plan: str, flow: str, day: int, clock: str) -> Act:
    return Act(flow, plan, datetime.combine(date(2022, 4, day), time.fromisoformat(clock), ZONE))


DAYS = (
    _act(STORES, BRING_UP, 21, "07:00"),
    _act(STORES, "publish_catalog", 21, "08:00"),
    _act(STORES, "check_stock", 21, "13:30"),
    _act(STORES, "purchase_supplies", 21, "13:50"),
    _act(STORES, "submit_report", 21, "14:30"),
    _act(STORES, "review_intake", 21, "15:10"),
    _act(STORES, "watch_duties", 21, "15:35"),
    _act(STORES, "collect_needs", 21, "16:05"),
    _act(STORES, "allocate_orders", 21, "16:20"),
    _act(STORES, "deliver_orders", 22, "07:30"),
    _act(STORES, "watch_duties", 22, "08:30"),
    _act(STORES, "receive_goods", 22, "10:30"),
    _act(STATION, "collect_needs", 25, "16:05"),
    _act(STATION, "purchase_supplies", 26, "08:00"),
    _act(STATION, "receive_goods", 26, "16:00"),
    _act(STATION, "allocate_orders", 26, "17:00"),
    _act(STATION, "deliver_orders", 27, "07:30"),
)
