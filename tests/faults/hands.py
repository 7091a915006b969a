"""What people do by hand about goods, as acts that may be killed."""

from dataclasses import dataclass
from typing import Any

from schemas.words import Process
from tests.faults.child import Act

BATCH = "opening:demo:market:rice"


@dataclass(frozen=True)
class Hand(Act):
    """`recall`, `inspect_failed` or `typed` at one moment; nothing is sent, which the flows' kills see to."""

    def play(self) -> Any:
        """Do it as the command does."""
        from tasks.runs import Run, working

        with working(Run(self.plan, Process.RECEIVE_GOODS, self.on, self.now)) as work:
            return getattr(self, f"_{self.flow}")(work)

    def _recall(self, work: Any) -> Any:
        from tasks.recall import recall_batch

        # Whether it was this run or the one that was killed is all that may differ.
        return recall_batch(work, BATCH, "监管示例", "抽检不合格") | {"changed": None}

    def _inspect_failed(self, work: Any) -> Any:
        from tasks.inspection import Inspection, inspect_batch

        inspect_batch(work, BATCH, Inspection("监管示例", passed=False, reason="抽检不合格"))
        return None

    def _typed(self, work: Any) -> Any:
        from tasks.arrivals import book_arrivals, take_arrivals
        from tasks.typed_arrivals import TypedArrival, store_typed, understood

        order = f"{self.plan}:2022-04-21:wholesale:market"
        paper = store_typed(work, TypedArrival("大米,4袋,25\n面粉,9袋,60,,2021-01-01\n火箭,1枚,9", order, "供给示例"))
        book_arrivals(work, take_arrivals(work))
        return understood(work.run, paper)
