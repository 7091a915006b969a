"""Every reason that a rule can give, by code: stored as code and values, put into words where it is read.

English here; the Chinese stands in `locale/zh_CN/LC_MESSAGES/reasons.po`.
"""

from schemas.text import N_

REASONS: dict[str, str] = {
    # a line or file that cannot be used
    "household_unknown": N_("No household {who} in {community}; served as provisional until somebody has verified it"),
    "household_missing": N_("“{words}” does not say whose it is; put the address or household number first"),
    "household_unclear": N_("“{who}” is neither a plain address nor a plain name"),
    "household_ambiguous": N_("“{who}” fits several households; give the household number"),
    "household_elsewhere": N_("Household {who} does not belong to {community}"),
    "household_contradicts": N_("No address {who} is known, and {name} lives elsewhere; say which of the two holds"),
    "sender_unknown": N_(
        "Nobody in the plan has the sender's name; begin the file name with the community's or store's name"
    ),
    "item_missing": N_("The goods are not named"),
    "item_unknown": N_("No goods called “{item}”; use the name on the list"),
    "item_ambiguous": N_("“{item}” may be {choices}; write which"),
    "maybe_medicine": N_("“{item}” is not on the list and may be medicine; somebody must look at it at once"),
    "unit_missing": N_("“{words}” has no unit; write one, such as 2 kg or 3 bags"),
    "unit_unknown": N_("{item} is not sold by “{unit}”; use one of {choices}"),
    "unit_twice": N_("“{cell}” and the column disagree on the unit ({unit}); leave one of them"),
    "quantity_missing": N_("“{words}” does not say how much"),
    "quantity_unclear": N_("“{cell}” is not a plain amount; write a number"),
    "quantity_not_positive": N_("“{words}”: the amount must be more than 0; write 不要了 to cancel"),
    "quantity_negative": N_("“{words}”: an amount cannot be less than 0"),
    "quantity_absurd": N_("More than {limit} {unit} of {item} for one household; confirm the amount"),
    "not_a_step": N_("{item} is sold in steps of {step} {unit}; write a multiple of it"),
    "split_unclear": N_(
        "“{words}” does not say plainly what and how much; write each as item, number, unit, with commas between"
    ),
    "goods_missing": N_("“{words}” names a household and no goods"),
    "not_numbered": N_(
        "“{words}” has no number, so it is not clear whose it is; write each household on its own numbered line"
    ),
    "line_too_long": N_("A line longer than anybody writes; split it"),
    "zero_with_needs": N_("“{words}” says that nothing is needed, and other lines of the same text ask for goods"),
    "no_lines": N_("Nothing is asked for, and nothing says that nothing is needed; write 无需求 if so"),
    "header_missing": N_("Sheet “{sheet}” has no header in its first {rows} rows; wanted columns: {columns}"),
    "formula_not_value": N_("Cell {cell} holds a formula, not a value; paste it as a value"),
    "cell_error": N_("Cell {cell} holds an error ({value}); write the value"),
    "cell_is_date": N_("Excel has turned cell {cell} into a date ({value}); set the column to text and write it again"),
    "price_missing": N_("{item} has no price"),
    "price_unclear": N_("“{words}” is not a plain price; write yuan, such as 3.50"),
    "price_not_positive": N_("“{words}”: the price must be more than 0"),
    "price_not_in_fen": N_("“{words}” per {unit} is no whole number of fen; give the price per {unit}"),
    "date_unclear": N_("“{words}” is not a plain date; write it as 2022-04-21"),
    "expires_before_made": N_("“{words}”: it expires before it was made"),
    "available_unclear": N_("“{words}” says neither that it is on sale nor that it is not; write 有货 or 缺货"),
    "order_unknown": N_("No open purchase order “{order}”"),
    "said_twice": N_("{item} stands more than once in this list; leave one row"),
    "table_wanted": N_("Such a list is sent as CSV or XLSX, not as text"),
    "duplicate_of": N_("The same content as “{name}”, which was taken"),
    "file_empty": N_("The file is empty"),
    "file_binary": N_("The file is not text; save it as TXT, CSV or XLSX"),
    "file_too_large": N_("The file is larger than {limit} MB and was not opened; send only the list"),
    "file_format": N_("Files ending in “{ending}” are not read; save it as TXT, CSV or XLSX"),
    "file_ending_wrong": N_("The content is not what the ending “{ending}” says; save it anew in the right format"),
    "file_encrypted": N_("The file is locked with a password; save it without"),
    "file_old_excel": N_("The file is in Excel's old format; save it as XLSX"),
    "encoding_unknown": N_("The characters are neither UTF-8 nor GB18030; save the file as UTF-8"),
    "encoding_unclear": N_("The characters may be UTF-8 or GB18030; save the file as UTF-8 with BOM"),
    "csv_broken": N_("The CSV is broken, often by an unclosed quotation mark ({detail}); save it anew"),
    "xlsx_broken": N_("The workbook is damaged ({detail}); save it anew"),
    "zip_bomb": N_("The workbook unpacks to far more than it should (limit {limit} MB) and was not opened"),
    "table_too_big": N_("The table has more than {rows} rows or {columns} columns; send only the list"),
    "not_above_zero": N_("“{words}”: it must be more than 0"),
    "capacity_unclear": N_("“{words}” is not a plain load; write kilograms or tons, such as 1500 or 1.5t"),
    "capacity_absurd": N_("“{words}”: no vehicle carries so much; write the load in kilograms"),
    "plate_unclear": N_("“{words}” is not a plate"),
    "driver_missing": N_("“{words}” does not name the driver"),
    "health_unclear": N_("“{words}” says nothing plain of the health code; write whether it is green, yellow or red"),
    "until_before_from": N_("“{words}”: it ends before it begins"),
    "window_over": N_("“{words}”: its last day is past"),
    "counted_tomorrow": N_("“{words}”: it was counted on a day that is still to come"),
    "not_a_medicine": N_("{item} is no medicine"),
    "pharmacy_unknown": N_("“{words}” is no pharmacy of the plan"),
    "dose_unclear": N_("“{words}” is not a plain number of doses; write digits, such as 2 or 0.5"),
    "dose_absurd": N_("“{words}”: nobody takes so much; write doses such as tablets, not milligrams"),
    "prescription_unclear": N_(
        "“{words}” is no prescription's reference; write its number only, no illness and no name"
    ),
    # a need that is not served in full
    "no_stock": N_("No store that serves {community} has any {item} left"),
    "stock_shared": N_("Stock of {item} covers {percent}% of what this tier needs; shared in equal proportion"),
    "no_capacity": N_("Stores with {item} have no packing capacity left for the day"),
    "not_sold": N_("No store sells {item}"),
    "tier_before": N_("All {item} in stock went to households that come first ({clause})"),
    # an approver's change that cannot be read
    "change_unreadable": N_("“{words}” cannot be read; write item=packs, one per line"),
    "change_no_count": N_("“{words}”: packs must be a whole number, 0 or more"),
    "change_unknown": N_("“{words}” names nothing in this proposal"),
    "change_ambiguous": N_("“{words}” is bought for several stores ({stores}); write store/item=packs"),
    "change_twice": N_("“{words}” changes a line that was changed before"),
    # a batch that is held
    "batch_expired": N_("{item} expired on {date}"),
    "batch_made_later": N_("{item} is said to have been made on {date}, after it arrived"),
    "batch_price_rise": N_("{item} is {percent}% dearer than the last time; the limit is {limit}%"),
    "batch_more_than_ordered": N_("{item}: {surplus} more than was ordered"),
    "conclusion_unclear": N_("The conclusion {words} is neither 合格 nor 不合格: write one of them"),
    "inspection_failed": N_("Market supervision found {item} not fit to be handed out"),
    "not_an_inspector": N_("{who} may not inspect goods under the plan; one of: {names}"),
    "cycle_delivered": N_(
        "The goods of {cycle} are on their way already: please send it again for the next collection"
    ),
    "not_on_shelf": N_("Allocated, but no checked batch of it was on the shelf when the goods were packed"),
}
