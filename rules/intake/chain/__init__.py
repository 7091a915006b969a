"""The chain reader (接龙): a text in, households with their lines out, every character accounted for.

    plain      the text as it is read, each character in its place
    rows       lines, marks, times
    who        the head of an entry: addresses and persons
    elements   a word -> numbers, units, sizes, goods
    words      a word by itself; said: what it says
    goods      the body of an entry -> lines; run_lines: words side by side
    menu       what the lines above the entries offer
    reader     rows -> entries: entries (marked rows), unmarked, zero
    settling   an entry that is complete -> its lines
    checks     what the plan's list says to a line
    reading    the same as `Said` and `SetAside`, for `collect_needs`

Nothing is guessed: a line that can be read in two ways, or lacks something, is for review with its reason.
"""

from rules.intake.chain.model import Chain, Entry, Household, Line, Piece, Unresolved, Who
from rules.intake.chain.reading import parse_chain, read_chain

__all__ = ["Chain", "Entry", "Household", "Line", "Piece", "Unresolved", "Who", "parse_chain", "read_chain"]
