"""Every fault that a plan can have, by code: what is wrong and what to do. The place stands before it.

English here; the Chinese stands in `locale/zh_CN/LC_MESSAGES/plan.po`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from schemas.text import N_


@dataclass(frozen=True)
class Fault:
    """One fault at one place.

    `file` is relative to the plan's folder; `row` is the line of a TOML file or the row of a sheet as Excel numbers it
    (1 = first row of the file), None for the file as a whole; `column` is a sheet's column or a dotted key.
    """

    file: str
    row: int | None
    column: str | None
    code: str
    args: Mapping[str, Any] = field(default_factory=dict)


FAULTS: dict[str, str] = {
    # files
    "no_plan": N_("There is no plan {plan}; there are: {known}"),
    "sheet_missing": N_("The file is missing; copy it from plans/_template and fill it in"),
    "sheet_is_workbook": N_(
        "The file is missing but {found} is there; open it and save it as CSV (UTF-8) under this name"
    ),
    "unreadable": N_("The file cannot be opened ({detail}); close it in other programs and check who may read it"),
    "not_readable_text": N_("The file is not text in UTF-8 or GB18030; in Excel, save it as CSV (UTF-8)"),
    "unknown_sheet": N_("No sheet is called so; rename it to one of {allowed}, or move it away"),
    "broken_toml": N_(
        "The line cannot be read ({detail}); see whether a quotation mark, comma or = is full-width or missing, or a "
        "key stands twice; compare it with plans/_template/plan.toml"
    ),
    "broken_csv": N_("The row cannot be read ({detail}); see whether a quotation mark is not closed"),
    "no_header": N_("There is no header row; write the names of the columns into the first row: {allowed}"),
    "unknown_column": N_("No column is called {value}; rename it or take it out; columns are {allowed}"),
    "missing_column": N_("The column is missing; add it to the header row and fill it in"),
    "repeated_column": N_("The column stands in the header twice; take one out"),
    "extra_cells": N_("{value} stands beyond the last column; take it out, or quote text that has a comma"),
    "duplicate_key": N_("{value} stands in row {first} already; give one of them another id or take one out"),
    # values
    "missing_key": N_("The key is missing and the template has none; write it, with the clause that it follows"),
    "unknown_key": N_("There is no such key; correct it or take it out; keys here are {allowed}"),
    "empty_cell": N_("The cell is empty; fill it in"),
    "not_whole": N_("{value} is not a whole number; write digits only, without unit or comma"),
    "not_fen": N_("{value} is not a whole number of fen; write 29.40 yuan as 2940, without unit or comma"),
    "not_number": N_("{value} is not a number; write digits only, with a point for decimals"),
    "too_fine": N_("{value} has more than {limit} decimal places; round it"),
    "not_yes_no": N_("{value} is neither yes nor no; write true or false"),
    "not_words": N_("{value} is not text; put it in quotation marks"),
    "not_list": N_("{value} is not a list; write it in square brackets"),
    "not_table": N_('{value} is not of this form; write {{ value = …, clause = "…" }}, or a table with its keys'),
    "not_clock": N_("{value} is not a time of day; write it as 16:00, in quotation marks"),
    "not_date": N_("{value} is not a date; write it as 2022-04-21"),
    "not_zone_of_time": N_("{value} is not a zone of time; write Asia/Shanghai"),
    "not_one_of": N_("{value} is not allowed here; write one of {allowed}"),
    "not_above": N_("{value} is too small; it must be above {limit}"),
    "not_at_least": N_("{value} is too small; it must be at least {limit}"),
    "not_below": N_("{value} is too large; it must be below {limit}"),
    "not_at_most": N_("{value} is too large; it must be at most {limit}"),
    "too_long": N_("{value} is longer than {limit} characters; shorten it"),
    "too_short": N_("It is empty; write at least {limit}"),
    "bad_slug": N_("{value} is no id; write small letters a-z, digits and _, beginning with a letter"),
    "bad_name": N_("{value} is no name; write letters, digits and _; the address itself stands in the environment"),
    "bad_key": N_("{value} must have no space, colon, bar or slash in it; take them out"),
    "bad_host": N_("{value} is no host; write its name only, without https:// and without a path"),
    "excel_number": N_("{value} is what Excel made of a long number; set the column to Text and type the number again"),
    "excel_date": N_("{value} is a date that Excel made of a number; set the column to Text and type it again"),
    "bad_clause": N_("{value} is no clause; write its id such as B-06, or default, or local"),
    "bad_prescription": N_(
        "{value} is no reference of a prescription; write letters a-z, digits and - only, no illness and no name"
    ),
    "bad_owed_by": N_("{value} owes nothing; write communities, stores, producers, carriers, or role: and a role"),
    "not_valid": N_("{value} cannot be used ({detail}); compare it with plans/_template"),
    # the plan itself
    "id_not_folder": N_("The plan is called {value} but its folder {folder}; make the two alike"),
    "no_such_clause": N_("There is no clause {value}; plan {letter} has clauses {letter}-01 to {letter}-{last}"),
    "duplicate_entry": N_("{value} stands here twice; take one out"),
    # roles and officers
    "no_such_officer": N_("There is no officer {value}; add the officer to officers.csv or correct the id"),
    "no_such_role": N_("There is no role {value}; add it to [roles] in plan.toml or write one of {allowed}"),
    "role_of_nobody": N_("Nobody has the role {value}; give it to an officer in officers.csv"),
    "no_role_named": N_("No role is named; write at least one"),
    "no_channel": N_("Officer {value} has no channel; write the name of at least one, for example file"),
    "channel_is_address": N_(
        "Channel {value} is an address; write only its name, the address goes into the environment or a Secret block"
    ),
    "bad_channel": N_("Channel {value} is no name; write small letters a-z, digits, - and _, beginning with a letter"),
    "deputy_cycle": N_("Deputies go round in a circle ({value}); leave the last deputy empty"),
    "escalation_cycle": N_("Escalation goes round in a circle ({value}); leave escalates_to of the highest empty"),
    "serves_nowhere": N_("There is no community or store {value}; correct the id or leave it empty"),
    # places and people
    "no_such_community": N_("There is no community {value}; add it to communities.csv or correct the id"),
    "no_carer": N_("Household {value} is of a special group and has no carer; name an officer (C-09)"),
    "no_mode": N_("Zone {value} has communities but no way of delivery; add it to delivery.modes"),
    "no_tier": N_("Zone {value} has communities but no place in the order; add it to allocation.tiers"),
    "two_tiers": N_("Zone {value} stands in the order twice; keep it in one tier"),
    "far_away": N_("{value} lies {km} km from the middle of the plan; see whether lat and lon are right or exchanged"),
    "owed_by_nobody": N_("There is nobody of {value} to owe it; add them to carriers.csv, or take the duty out"),
    "no_such_household": N_("There is no household {value}; add it to households.csv or correct the id"),
    "no_pharmacy": N_("Store {value} is no pharmacy; name one that is, or correct its kind in stores.csv"),
    "not_medicine": N_("{value} is no medicine in items.csv; correct the name, or mark the item as medicine"),
    # stores
    "no_such_store": N_("There is no store {value}; add it to stores.csv or correct the id"),
    "sells_nothing": N_(
        "Store {value} sells nothing; give it rows in stock.csv, or capacity_parcels 0 and supplies_to"
    ),
    "serves_nobody": N_("Store {value} has capacity 0 and supplies no store; set capacity_parcels or supplies_to"),
    "supplies_itself": N_("Store {value} supplies itself; name the store where its goods arrive"),
    "supplies_supplier": N_("Store {value} does not serve residents; name a store that does"),
    "no_store_serves": N_("No store serves residents; give at least one a capacity_parcels above 0"),
    "no_station": N_("allocation.source is station but no store is of kind station; add it to stores.csv"),
    "station_unsupplied": N_("No wholesale store supplies station {value}; name it in supplies_to of one"),
    # goods
    "no_such_item": N_("There is no item {value}; add it to items.csv or correct the id"),
    "no_such_category": N_("There is no category {value}; add a [[category]] to plan.toml or write one of {allowed}"),
    "alias_of_two": N_("{value} already names item {other} (row {first}); keep it with one of the two"),
    "unit_size": N_("One {unit} is {expected} base units, not {value}; correct it"),
    "unit_of_other_measure": N_("{unit} is not a unit of measure {measure}; correct unit or measure"),
    "step_uneven": N_("Step {value} neither divides the sale unit of {unit} nor is a multiple of it; correct it"),
    "also_units_form": N_("{value} is not of the form unit=base units, such as 箱=360; correct it"),
    "unit_twice": N_("Unit {value} is defined twice; keep one"),
    "lighter_than_content": N_("One unit holds {content} g but weighs {value} g; correct weight_g"),
    # what is fetched over HTTP
    "source_format": N_("{value} cannot come in this format; write one of {allowed}"),
    "source_no_store": N_("A source of {value} speaks for a store; name it in store"),
    "source_no_community": N_("Nobody knows whose the forms are; name community, or the question in mapping.community"),
    "source_two_owners": N_("A source speaks for a store or a community, not both; take {value} out"),
    "source_twice": N_("Store {value} has another source of the same kind ({other}); keep one"),
    "source_unread": N_("No step of this plan reads {value}; add [[step]] {process}, or take the source out"),
    "source_store_files": N_(
        "Store {value} sends files by stores.csv; set its channel to http, or take the source out"
    ),
    "store_without_source": N_("Store {value} sends over http and has no [[source]]; add one, or set channel to inbox"),
    "form_without_home": N_("No question names the household; write mapping.household or mapping.name"),
    "form_without_goods": N_(
        "No question names the goods; write mapping.repeat with item and quantity, or mapping.wide"
    ),
    "form_both_goods": N_("Goods come as a repeat group or as one question per item, not both; keep one of the two"),
    "form_no_use": N_("{value} is for forms only; take mapping out"),
    # time
    "no_such_step": N_("Step {value} is not in this plan; add a [[step]] for it or take it out of after"),
    "step_cycle": N_("Steps wait for each other in a circle ({value}); take one out of after"),
    "before_other_step": N_("{value} is before {other_at}, when {other}, for which it waits, begins; make it later"),
    "before_cutoff": N_("{value} is before the cut-off {cutoff} of the needs; make it later"),
    "not_before": N_("{value} is not before {other} ({limit}); make it earlier"),
    "not_after": N_("{value} is not after {other} ({limit}); make it later"),
    "due_after_input": N_("{value} is after {other_at}, when {other} reads what is owed; make it earlier"),
    "due_before_step": N_("{value} is before {other_at}, when {other}, which fulfils it, begins; make it later"),
    "no_step_at": N_("Purchase by cycle needs its day and time; write days and at in the step"),
    "not_ascending": N_("The times are not in order; write each one once, the earliest first"),
    "no_budget": N_("The budget is 0; write it in fen, or clause default where the plan says nothing"),
}
