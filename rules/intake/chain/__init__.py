"""The chain reader (接龙): a text in, households with their lines out, every character accounted for.

    plain     the text as it is read, each character in its place
    rows      lines, marks, times
    who       address and name at the head of an entry
    elements  a word -> numbers, units, sizes, goods
    words     a word by itself
    goods     the body of an entry -> lines
    menu      what the lines above the entries offer
    reader    rows -> entries
    checks    what the plan's list says to a line
    reading   the same as `Said` and `SetAside`, for `collect_needs`

Nothing is guessed: a line that can be read in two ways, or lacks something, is for review with its reason.
"""

from rules.intake.chain.model import Chain, Entry, Household, Line, Piece, Unresolved, Who
from rules.intake.chain.reading import parse_chain, read_chain

__all__ = ["Chain", "Entry", "Household", "Line", "Piece", "Unresolved", "Who", "parse_chain", "read_chain"]
