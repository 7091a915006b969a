"""Every reason that a rule can give, by code: stored as code and values, put into words where it is read.

English here; the Chinese stands in `locale/zh_CN/LC_MESSAGES/reasons.po`.
"""

from schemas.text import N_

REASONS: dict[str, str] = {
    # a source over HTTP that gave nothing that can be used
    "source_no_address": N_("No usable address is set; set BAOGONG_ENDPOINT_{name} on the machine that runs the flows"),
    "source_no_token": N_("No key is set; set BAOGONG_TOKEN_{name}, or a Secret block of that name"),
    "source_host": N_(
        "The address leads to {host}, which the plan does not name; correct it, or add the host to hosts"
    ),
    "source_not_safe": N_("{host} is asked without encryption; give an address that begins with https://"),
    "source_leads_away": N_("The server sends on to {host}, which the plan does not name; ask whoever runs it"),
    "source_redirects": N_("{host} sends from one address to the next without end; ask whoever runs it"),
    "source_slow": N_("No whole answer within {seconds} seconds, three times; see whether the server is up"),
    "source_half": N_("The answer broke off in the middle, three times; see whether the server and the line are sound"),
    "source_away": N_("The server cannot be reached ({what}); see whether it is up and the line stands"),
    "source_status": N_("The server answers with error {status}; ask whoever runs it"),
    "source_busy": N_(
        "The server (error {status}) wants to be left alone for {minutes} minutes; the next run asks again"
    ),
    "source_refused": N_("The server refuses the key (error {status}); renew the key"),
    "source_too_large": N_("An answer is larger than {limit} MB and was not read; ask for less, or raise limit_mb"),
    "source_round": N_("The pages lead round in a circle; ask whoever runs the server"),
    "source_incomplete": N_("Only {got} of {count} entries came; the next run asks for all of them again"),
    "source_gone": N_("The plan no longer has the source {name}"),
    "page_not_json": N_("The answer is no whole JSON page; see whether it was cut off, or is a page for people"),
    "page_wrong_type": N_("The answer calls itself {type} and not application/json; correct the address or the server"),
    "page_not_agreed": N_("The answer is not as agreed at “{what}”; see docs/store-api.yaml or the form's server"),
    "page_other_store": N_("The answer is that of {store}; correct the address"),
    "page_other_day": N_("The list is of {as_of}, not of today; write today's, or set the server's clock"),
    "form_edited_late": N_(
        "The form of {household} was changed after its collection was closed; tell the stores by hand"
    ),
    "confirmation_of_nothing": N_("There is no order “{order}” with this store"),
    "confirmation_silent": N_("The partial confirmation does not mention {items}; name every item of the order"),
    "confirmation_beyond": N_("More {item} is confirmed than was ordered; confirm what was ordered"),
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
    "answer_unreadable": N_("“{words}” is no answer; write the number, =, and what it should say, such as 3=鸡蛋 1板"),
    "answer_no_line": N_("No line number {number} waits for an answer"),
    "answer_no_proposal": N_("Nothing was proposed for number {number}; write what it should say"),
    "answer_unclear": N_("Number {number}, “{words}”: {reasons}"),
    "quantity_range": N_("“{words}” gives no exact amount; write one number with its unit"),
    "size_no_count": N_("“{words}” gives a size; write how many bottles, bags or boxes"),
    "size_unfit": N_("{item} is sold at {sold} per {unit}, not at “{size}”; confirm what is wanted"),
    "item_near": N_("“{item}” is not on the list; is it {choices}?"),
    "each_unclear": N_("“{words}”: it is not clear what “each” stands for; write each with its own amount"),
    "same_as_before": N_("“{words}” points to an earlier order; write what and how much"),
    "conditional": N_("“{words}” depends on something or swaps goods; write what is wanted for certain"),
    "goods_missing_count": N_(
        "“{words}” is only a number, and the chain does not offer one thing only; write what it counts"
    ),
    "adds_to_order": N_("“{words}” adds to an earlier order; write the total that is wanted"),
    "missing_in_repost": N_(
        "{who} had “{item}” before, and the chain posted again lacks it; it stays until they say 不要了: "
        "is it still wanted?"
    ),
    "reverted_in_repost": N_(
        "“{words}” of {who} is as it stood in an older post, and by now it is “{stands}”, which stays; which one holds?"
    ),
    "differs_in_chain": N_(
        "“{words}” of {who} differs from “{stands}” in a chain of another title, which stays; "
        "write what is wanted in all"
    ),
    "said_twice_in_chain": N_(
        "{who} asks for {item} twice in one chain with different amounts; “{stands}” stays: write what is wanted in all"
    ),
    "adds_to_nothing": N_("“{words}” of {who} adds to an order that is not known; write the total"),
    "adds_other_unit": N_("“{words}” of {who} adds in another unit than “{stands}”, which stays; write the total"),
    "adds_again": N_("“{words}” of {who} may have been added before: “{stands}” stands; write the total"),
    "repost_unclear": N_(
        "None of the {count} households of the chain before it is in this one of the same title; the orders of both "
        "stand. If it is that chain posted again, ask those households"
    ),
    "left_over": N_("“{words}” could not be understood"),
    "goods_missing": N_("“{words}” names a household and no goods"),
    "not_numbered": N_(
        "“{words}” has no number, so it is not clear whose it is; write each household on its own numbered line"
    ),
    "day_or_house": N_("“{words}”: the number may be the day or a house; leave the day out, or give the whole address"),
    "menu_number_unknown": N_("“{words}”: there is no number {number} on the list; write the goods' name"),
    "menu_or_house": N_("“{words}”: the number may be a house or one of the list; write the whole address"),
    "line_too_long": N_("A line longer than anybody writes; split it"),
    "zero_was_more": N_(
        "{item}: 0 here, and {qty} before; nothing is cancelled by a 0: write 不要了 to cancel, or leave the cell empty"
    ),
    "address_part_missing": N_("“{who}” lacks {columns}; fill in every part of the address (/ where there is none)"),
    "note_asks": N_(
        "The remark “{words}” seems to ask for something; write it as a row of its own with item and amount"
    ),
    "order_in_doubt": N_(
        "The order says “{status}”; delete the row if it is void, or clear that cell if it still holds"
    ),
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
    "table_wanted": N_("Such a list is sent as CSV, XLSX, XLS or ODS, not as text"),
    "duplicate_of": N_("The same content as “{name}”, which was taken"),
    "file_empty": N_("The file is empty"),
    "file_binary": N_("The file is not text; save it as TXT, CSV, XLSX, XLS or ODS"),
    "file_too_large": N_("The file is larger than {limit} MB and was not opened; send only the list"),
    "file_format": N_("Files ending in “{ending}” are not read; save it as TXT, CSV, XLSX, XLS or ODS"),
    "file_ending_wrong": N_("The content is not what the ending “{ending}” says; save it anew in the right format"),
    "file_encrypted": N_("The file is locked with a password; save it without"),
    "encoding_unknown": N_("The characters are neither UTF-8 nor GB18030; save the file as UTF-8"),
    "encoding_unclear": N_("The characters may be UTF-8 or GB18030; save the file as UTF-8 with BOM"),
    "csv_broken": N_("The CSV is broken, often by an unclosed quotation mark ({detail}); save it anew"),
    "workbook_broken": N_("The workbook is damaged ({detail}); save it anew"),
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
    "withdrawn_by_store": N_("{stores} took {item} off the list after it was published, and no other store has it"),
    # a price that is asked back before it is published
    "price_absurd": N_("{item} {price} yuan per {unit} (was {before})"),
    "price_unit_changed": N_(
        "{item} told per {said} instead of {said_before}, that is {price} yuan per {unit} (was {before})"
    ),
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
