"""Every reason that a rule can give, by code: stored as code and values, put into words where it is read.

English here; the Chinese stands in `locale/zh_CN/LC_MESSAGES/reasons.po`.
"""

from schemas.text import N_

REASONS: dict[str, str] = {
    # a line or file that cannot be used
    "household_unknown": N_("No household {who} in {community}; served as provisional until somebody has verified it"),
    # a need that is not served in full
    "no_stock": N_("No store that serves {community} has any {item} left"),
    "stock_shared": N_("Stock of {item} covers {percent}% of what this tier needs; shared in equal proportion"),
    "no_capacity": N_("Stores with {item} have no packing capacity left for the day"),
    "not_sold": N_("No store sells {item}"),
}
