"""Whether a plan can be carried out: every fault of its files, told at once, each with its place and its cure.

Pure: bytes in, a draft of the plan and its faults out. `tasks.plans` reads the files and puts faults into words.
"""

from rules.plan_check.draft import Checked, DefaultTaken, Draft
from rules.plan_check.faults import FAULTS, Fault
from rules.plan_check.sheets import SHEETS
from rules.plan_check.whole import check_files

__all__ = ["FAULTS", "SHEETS", "Checked", "DefaultTaken", "Draft", "Fault", "check_files"]
