"""What a builder returns, and file names that every machine of an office can open."""

import hashlib
import re
from dataclasses import dataclass
from datetime import date

#: Bytes of one name that every file system in use can hold, with room for a temporary suffix.
NAME_BYTES = 200
#: The folder, beside those of the dates, in which dry runs keep their documents.
DRY_RUN = "dry_run"
_UNSAFE = re.compile(r'[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ud800-\udfff\ufeff<>:"/\\|?*\s]+')
_RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$", re.IGNORECASE)


@dataclass(frozen=True)
class Made:
    """A finished document.

    `path` is relative to the plan's folder of documents (`2022-04-21/订单_示例超市_v1.xlsx`), `content` its bytes.
    """

    path: str
    title: str
    business_date: date
    content: bytes

    @property
    def sha256(self) -> str:
        """Hexadecimal digest of the bytes."""
        return hashlib.sha256(self.content).hexdigest()


def _cut(text: str, limit: int) -> str:
    return text.encode()[:limit].decode(errors="ignore")


def safe_name(text: str) -> str:
    """`text` as one file name without its ending: no separators, nothing invisible, nothing that Windows reserves.

    Where something had to be changed, eight digits of the text's own digest are added, so that two texts never share
    a name.
    """
    clean = _UNSAFE.sub("_", text).strip(" ._")
    if _RESERVED.match(clean):
        clean = f"_{clean}"
    if clean == text and len(clean.encode()) <= NAME_BYTES:
        return clean
    mark = hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:8]
    return f"{_cut(clean, NAME_BYTES - 9)}-{mark}"


def place(business_date: date, kind: str, *parts: str, revision: int | None = None) -> str:
    """`<date>/<kind>_<part>…_v<revision>.xlsx`, every part made safe."""
    version = [] if revision is None else [f"v{revision}"]
    names = [safe_name(kind.replace(" ", "_")), *(safe_name(p) for p in parts)]
    return f"{business_date.isoformat()}/{'_'.join([*names, *version])}.xlsx"


def kept_at(path: str, dry_run: bool) -> str:
    """Where a run keeps `<plan>/<rest>`: a dry run's documents lie apart, where no real run ever writes."""
    plan_id, rest = path.split("/", 1)
    return f"{plan_id}/{DRY_RUN}/{rest}" if dry_run else path
