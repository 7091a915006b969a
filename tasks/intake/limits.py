"""How much a file may unpack to, and the refusal that readers raise among themselves."""

from schemas.text import Text

MAX_ROWS = 100_000
MAX_COLUMNS = 200
#: Cells that a workbook may make us walk over, empty ones between far columns included.
MAX_CELLS = 5_000_000
#: XML elements in a workbook: a hundred thousand rows of four cells have as many. Each takes some 300 bytes to read.
MAX_ELEMENTS = 1_000_000
UNPACKED_MB = 100
#: An honest sheet of repeated words packs to a twentieth; what packs tighter than this is made to harm.
MAX_RATIO = 100
#: Small files may pack tighter, and do no harm.
RATIO_FROM = 1024 * 1024


class Unreadable(Exception):
    """A file that cannot be read, with the reason for its sender."""

    def __init__(self, reason: Text) -> None:
        super().__init__(reason.code)
        self.reason = reason
