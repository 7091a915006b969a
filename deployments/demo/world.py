"""The servers of others that the demo plays, and how the flows find them."""

import os
from dataclasses import dataclass

from deployments.demo.counters import open_counters
from deployments.demo.desk import Desk
from deployments.demo.form_server import FormServer
from deployments.demo.smartphones import open_form
from deployments.demo.store_server import StoreServer
from deployments.demo.wishes import Town


@dataclass(frozen=True)
class World:
    """The receiving desk, stores that have a server, and the form that households fill in."""

    desk: Desk
    counters: StoreServer
    forms: FormServer

    def open(self, town: Town) -> None:
        """Everything as it is before the first day, and all addresses in the environment."""
        os.environ[f"BAOGONG_ENDPOINT_{town.plan.file.report.endpoint.value.upper()}"] = self.desk.address
        open_counters(town.plan, self.counters)
        open_form(town, self.forms)
