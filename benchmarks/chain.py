"""How fast chains are read: lines a second on one core, and as a ratio to merely going through the characters.

    python -m benchmarks.chain [--json]

Both are timed in one run on the same text, in seconds of the processor, so that a busy machine moves neither. The ratio
is the figure to compare; the floor of 20,000 lines a second is the project's own.
"""

import json
import random
import sys
import time

from rules.intake.chain import parse_chain
from rules.intake.chain.lexicon import GOODS
from rules.intake.lines import plain_vocabulary

ENTRIES, SEED = 10_000, 1
UNITS = ("斤", "袋", "盒", "个", "两", "公斤")
NUMBERS = ("1", "2", "3", "一", "两", "1.5", "半", "5", "十")


def chain(seed: int = SEED, entries: int = ENTRIES) -> str:
    """A chain as a township's village hands it in: several goods an entry, a few of them odd."""
    chance = random.Random(seed)
    goods = {name: chance.choice(UNITS) for name in sorted(GOODS)}  # people buy a thing in one unit
    odd = ("可乐330ml*24罐2箱", "大米10斤装1袋", "葱、姜各一份", "土豆三四斤", "谢谢", "白菜不要了")
    rows = ["#接龙", "今日蔬菜"]
    for number in range(1, entries + 1):
        names = chance.sample(list(goods), chance.randint(2, 8))
        said = [f"{name}{chance.choice(NUMBERS)}{goods[name]}" for name in names]
        if chance.random() < 0.2:
            said.append(chance.choice(odd))
        home = f"{chance.randint(1, 30)}-{chance.randint(1, 4)}-{chance.randint(1, 30)}0{chance.randint(1, 4)}"
        rows.append(f"{number}. {home} {chance.choice((' ', '，', '、')).join(said)}")
    return "\n".join(rows)


def measured() -> dict[str, float]:
    """Lines a second, entries a second, and the time as a multiple of one pass over the characters."""
    text = chain()
    words = plain_vocabulary()
    parse_chain(chain(2, 200), words)
    start = time.process_time()
    found = parse_chain(text, words)
    took = time.process_time() - start
    start = time.process_time()
    sum(1 for character in text if character == "斤")
    touched = time.process_time() - start
    lines = sum(len(entry.lines) for entry in found.entries)
    return {
        "lines_per_s": lines / took,
        "entries_per_s": ENTRIES / took,
        "times_one_pass": took / touched,
        "lines": lines,
    }


if __name__ == "__main__":
    figures = measured()
    if "--json" in sys.argv:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name}: {value:,.0f}")
