"""Files laid into an inbox, and what is found there."""

import os
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from tasks.intake.inbox import Waiting, waiting_files

DAY = date(2022, 4, 21)
NOW = datetime(2022, 4, 21, 8, tzinfo=UTC)
HEADER = ["户号", "商品", "数量", "单位"]


def put(inbox: Path, name: str, body: bytes | str, kind: str = "needs", dated: bool = True, age: float = 60) -> Path:
    path = inbox / kind / (DAY.isoformat() if dated else "") / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body.encode() if isinstance(body, str) else body)
    os.utime(path, (time.time() - age, time.time() - age))
    return path


def look(inbox: Path, settle: float = 0.0, **more: Any) -> Waiting:
    return waiting_files(inbox, "needs", DAY, settle, **more)
