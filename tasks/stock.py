"""Stores' daily reports against the ledger, days of cover, and who must hear of what runs out (B-05, B-06)."""




STOCK = "stock"
