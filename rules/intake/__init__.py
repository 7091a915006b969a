"""Reading what people send: text and sheets -> lines with their place -> households, items, base units."""
