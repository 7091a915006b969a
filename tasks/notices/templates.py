"""What a notice of each stage says: a title, and sentences that stand where their values are given.

A caller gives the values that it has; a sentence whose values are all there (and not empty) is said, the others are
left out, so one stage serves the whole township and a single store alike. At least one must fit. The place
(`community`, `store` or `supplier`) is put in front, the clause behind. Keys that end in `_fen` are shown in yuan; a
list is shown by its first names, or counted (`stores`, `communities`, `households`, `suppliers`).
"""

from dataclasses import dataclass
from string import Formatter

from schemas.text import N_
from schemas.words import Stage


@dataclass(frozen=True)
class Template:
    """Message ids in English; the Chinese stands in `notices.po`."""

    title: str
    sentences: tuple[str, ...]


def keys(sentence: str) -> list[str]:
    """The names of a sentence's values."""
    return [name for _, name, _, _ in Formatter().parse(sentence) if name]


AMOUNT = N_("amount {amount_fen} yuan")
WHY = N_("because: {why}")
REASON = N_("reason: {reason}")
OVER_DECLARED = N_("more than the sources declare: {over_declared}")
NO_VEHICLES = N_("no vehicle is declared ready, this purchase weighs {load_kg} kg")
VEHICLES = N_("{vehicles} vehicles ready carry {capacity_kg} kg, this purchase weighs {load_kg} kg")
BY = N_("please answer by {due}")
ROOM = N_("household {household}")
SHORT = N_("{short} lines short: please tell the households")

TEMPLATES: dict[Stage, Template] = {
    Stage.CATALOG_PUBLISHED: Template(
        N_("Goods on sale published"),
        (
            N_("{stores} stores list {items} kinds of goods"),
            N_("messages for {communities} communities are ready: please send them on to the residents"),
            N_("revision {revision}: please send it on in place of the former one"),
            N_("cut-off {cutoff}"),
            N_("{items} kinds of goods can be ordered: please send the list on to the residents"),
        ),
    ),
    Stage.PRICE_MOVED: Template(
        N_("Prices above the limit"), (N_("{count} prices on the lists rose above the limit"), N_("{goods}"))
    ),
    Stage.PRICE_QUESTIONED: Template(
        N_("Prices to be confirmed"),
        (
            N_("{count} prices are asked back and not published yet"),
            N_("{goods}"),
            N_("please confirm them, or send the list again with the right price"),
        ),
    ),
    Stage.GOODS_WITHDRAWN: Template(
        N_("Goods taken off the list"),
        (
            N_("{goods} taken off the list by {by}"),
            N_("ordered by {count} households"),
            N_("{household}"),
            N_("lines {lines} of what was sent in"),
            N_("other stores still have {others}"),
            N_("nobody else has {none_left}: please let them choose something else"),
        ),
    ),
    Stage.NEEDS_COLLECTED: Template(
        N_("Needs collected"),
        (
            N_("{households} households"),
            N_("{received} lines came in"),
            N_("{accepted} accepted"),
            N_("{rejected} returned for correction"),
            N_("{withdrawn} withdrawn"),
            N_("not yet reported: {silent}"),
        ),
    ),
    Stage.LINES_RETURNED: Template(
        N_("Lines returned for correction"),
        (
            N_("{count} lines cannot be used: please correct them and send them again"),
            N_("sent by {sender}"),
            N_("file {file}"),
            REASON,
        ),
    ),
    Stage.REVIEW_WANTED: Template(
        N_("Unclear lines wait for an answer"),
        (N_("{count} lines are unclear: please answer them in the run of review_intake"), N_("until {until}")),
    ),
    Stage.HOUSEHOLD_UNKNOWN: Template(
        N_("Household to be verified"),
        (
            N_("{count} households are on no register; they are served for now, please verify them"),
            N_("household {household} is on no register; it is served for now, please verify it"),
        ),
    ),
    Stage.MEDICINE_UNCLEAR: Template(
        N_("Medicine to be asked back"),
        (
            N_("{count} requests for medicine are unclear: please ask the residents at once"),
            N_("to be asked: {rooms}"),
            BY,
            ROOM,
        ),
    ),
    Stage.MEDICINE_WAITING: Template(
        N_("Medicine still undecided"),
        (N_("{count} requests for medicine are still undecided"), N_("to be asked: {rooms}")),
    ),
    Stage.MEDICINE_ORDER: Template(
        N_("Medicine to be fetched"),
        (N_("please have it fetched: {my_orders}"), N_("please prepare it: {orders}"), BY),
    ),
    Stage.VISIT_WANTED: Template(
        N_("Silent households to be asked"),
        (
            N_("{special} special-care households sent nothing, which is not “no need”: please ask {special_rooms}"),
            N_("{ordinary} households silent for {cycles} collections: please visit {ordinary_rooms}"),
            BY,
        ),
    ),
    Stage.ORDERS_ALLOCATED: Template(
        N_("Goods allocated"),
        (
            N_("{allocated_full} lines in full, {allocated_part} in part, {short} short"),
            N_("{lines} lines in all"),
            AMOUNT,
            N_("to be delivered on {deliver_on}"),
            N_("version {replaces} corrects the order before it: pack this one only"),
            N_("the order before is withdrawn: nothing is to be packed for {withdrawn_for}"),
        ),
    ),
    Stage.LIFELINE_SHORT: Template(
        N_("Life-line goods not served"),
        (
            N_("{households} households got none of {items}"),
            N_("household {household} got none of {items}"),
            N_("please find another source"),
        ),
    ),
    Stage.GOODS_OUT: Template(
        N_("Goods on their way"), (N_("{parcels} parcels are on their way"), ROOM, N_("to {point}"), SHORT, AMOUNT)
    ),
    Stage.DELIVERED: Template(
        N_("Goods delivered, to be confirmed"),
        (
            N_("{parcels} parcels delivered to {communities} communities, to be confirmed"),
            N_("{parcels} parcels delivered, please confirm them"),
            ROOM,
            N_("{undelivered} parcels not delivered"),
            SHORT,
        ),
    ),
    Stage.STOCK_CHECKED: Template(
        N_("Stock checked"),
        (
            N_("{stores} stores checked"),
            N_("{alerts} kinds of goods on the red list"),
            N_("least cover {min_cover_days} days"),
            N_("not yet reported: {silent}"),
        ),
    ),
    Stage.COVER_LOW: Template(
        N_("Cover below the minimum"),
        (
            N_("{count} kinds of goods are below the minimum"),
            N_("{item} lasts {cover_days} days, at least {min_cover_days} are wanted"),
            N_("below the minimum: {items}"),
            N_("used up on {runs_out_on}"),
            N_("missing {missing}"),
        ),
    ),
    Stage.STOCK_OUT_SOON: Template(
        N_("Stock-out ahead"),
        (
            N_("{item} will be used up on {runs_out_on}"),
            N_("used up within {hours} hours: {items}"),
            N_("missing {missing}"),
        ),
    ),
    Stage.MEDICINE_LOW: Template(
        N_("Medicine nearly used up"),
        (ROOM, N_("{item} lasts {cover_days} days"), N_("used up soon: {items}"), N_("missing {missing}")),
    ),
    Stage.PURCHASE_PROPOSED: Template(
        N_("Purchase proposed"),
        (N_("{lines} kinds of goods"), AMOUNT, N_("budget {budget_fen} yuan"), OVER_DECLARED, VEHICLES, NO_VEHICLES),
    ),
    Stage.APPROVAL_WANTED: Template(
        N_("Purchase awaits approval"),
        (
            N_("please decide on {lines} kinds of goods, {amount_fen} yuan"),
            AMOUNT,
            N_("until {until}"),
            OVER_DECLARED,
            VEHICLES,
            NO_VEHICLES,
        ),
    ),
    Stage.PURCHASE_DECIDED: Template(
        N_("Purchase decided"),
        (N_("decision: {decision}"), N_("by {approver}"), N_("{changes} lines changed"), AMOUNT, REASON),
    ),
    Stage.PURCHASE_ORDERED: Template(
        N_("Purchase ordered"), (N_("{orders} orders placed"), AMOUNT, N_("expected on {expected_on}"))
    ),
    Stage.GOODS_ARRIVED: Template(
        N_("Goods arrived"),
        (N_("{batches} batches arrived"), N_("every batch is to be checked before it is handed out")),
    ),
    Stage.BATCH_HELD: Template(
        N_("Batch held"), (N_("{item} is held"), N_("{batches} batches are held"), REASON, N_("please source it again"))
    ),
    Stage.REPORT_SUBMITTED: Template(
        N_("Daily report submitted"),
        (
            N_("the daily report has been taken"),
            N_("receipt {receipt}"),
            N_("revision {revision}"),
            N_("missing or late: {missing}"),
        ),
    ),
    Stage.REPORT_UNDELIVERED: Template(
        N_("Daily report not taken"), (N_("the daily report has not been taken"), WHY, N_("due at {due}"))
    ),
    Stage.DUTY_REMINDED: Template(
        N_("Reminder to report"),
        (N_("{duty} is due at {due}"), N_("not yet reported: {names}"), N_("still to be asked: {rooms}")),
    ),
    Stage.DUTY_ESCALATED: Template(
        N_("Overdue, escalated"),
        (
            N_("{duty} was due at {due}"),
            N_("{count} overdue: {names}"),
            N_("{unanswered} households unanswered, of {places}"),
            N_("please take over {taken_over} households: {rooms}"),
        ),
    ),
    Stage.SOURCE_FAILED: Template(
        N_("Source not reached"), (N_("“{source}” could not be fetched"), WHY, N_("the rest goes on without it"))
    ),
    Stage.ORDER_SHORT: Template(
        N_("Order confirmed short"),
        (N_("cannot pack: {missing}"), N_("to be delivered on {deliver_on}"), N_("please find another source")),
    ),
    Stage.RUN_FAILED: Template(N_("Run failed"), (N_("{process} could not be completed"), WHY)),
    Stage.ALIVE: Template(N_("Digest"), (N_("The system is running"),)),
    Stage.FEVER: Template(
        N_("Fever: act at once"), (N_("temperature above the limit"), ROOM, N_("call the health centre at once"))
    ),
}
