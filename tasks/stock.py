"""Stores' daily reports against the ledger, days of cover, and who must hear of what runs out (B-05, B-06)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl
import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from rules.batches import count_gaps
from rules.cover import alerts, days_of_cover
from rules.geography import serving_stores
from schemas.tables import Batch, CoverLine, StockReportLine
from schemas.words import Stage
from tasks import supply
from tasks.artifacts import leave, stock_artifact
from tasks.database import frame, insert, json_columns, reading, upsert
from tasks.demand import demand_of
from tasks.documents.stock import stock_sheet
from tasks.documents.store import path_of, save_all
from tasks.duties import answer
from tasks.intake.stock_lists import Reported, read_reports
from tasks.intake.take import take_in
from tasks.ledger import COUNT, book, move, released_batch
from tasks.notices.outbox import tell
from tasks.runs import Outcome, Run, Work, decide
from tasks.step import step

STOCK = "stock"
