"""A step of a flow: what a coordinator sees as one box in the UI."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def step(title: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a function a Prefect task of this name inside a flow run, and leave it a function elsewhere.

    Steps have side effects, so nothing is ever cached; they are safe to run again because each of them writes what is
    already there. Without a flow run around (tests, the enumerated kills) no Prefect is needed at all.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        from prefect import task
        from prefect.cache_policies import NO_CACHE
        from prefect.context import FlowRunContext, TaskRunContext

        from tasks.words import say

        as_task = task(name=say(title), cache_policy=NO_CACHE, persist_result=False)(function)

        @wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            # Inside another step it is a part of that one: a task run costs more than most of them take.
            alone = FlowRunContext.get() is not None and TaskRunContext.get() is None
            chosen = as_task if alone else function
            return chosen(*args, **kwargs)

        return call

    return decorate
