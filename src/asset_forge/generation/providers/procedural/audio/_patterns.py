"""Rhythms: cells for melodies, and drum patterns for each meter."""

from __future__ import annotations

CELLS: dict[int, tuple[tuple[float, tuple[int, ...]], ...]] = {
    4: (
        (0.1, (4,)), (0.3, (2, 2)), (0.55, (3, 1)), (0.6, (2, 1, 1)), (0.65, (1, 1, 2)),
        (0.95, (1, 1, 1, 1)),
    ),
    6: ((0.1, (6,)), (0.3, (4, 2)), (0.6, (2, 2, 2)), (0.7, (3, 1, 2)), (0.9, (2, 2, 1, 1))),
    8: ((0.0, (8,)), (0.2, (6, 2)), (0.4, (3, 3, 2)), (0.35, (4, 4))),
}  # fmt: skip
"""Ways to divide so many ticks, each with the density (0 to 1) that it suits best."""

DRUMS: dict[str, dict[int, dict[str, str]]] = {
    "frame": {
        16: {"frame low": "X.....x.X.......", "frame high": "....x..o..x.x.o."},
        12: {"frame low": "X.....X.....", "frame high": "..o.x...o.x."},
    },
    "jig": {
        16: {"frame low": "X...x...X...x...", "frame high": "..x...xo..x...xo",
             "tambourine": "....X.......X..."},
        12: {"frame low": "X.....X...o.", "frame high": "..o.x...o.x.",
             "tambourine": "......X....."},
    },
    "war": {
        16: {"kick": "X.....X...X.....", "war drum": "X..x..X.x.x.X.xx",
             "snare": "....x.......X..."},
    },
    "rock": {
        16: {"kick": "X.....x.X.x.....", "snare": "....X.......X..o",
             "hat": "x.o.x.o.x.o.x.o."},
    },
    "march": {
        16: {"kick": "X.......X.......", "snare": "X..ox.o.X..ox.xx",
             "tambourine": "....x.......x..."},
        12: {"kick": "X...........", "snare": "....x..ox.oo"},
    },
    "heart": {
        16: {"frame low": "X..o............"},
        12: {"frame low": "X..o........"},
    },
    "shaker": {
        16: {"shaker": "o.x.o.x.o.x.o.xo"},
        12: {"shaker": "o.x.o.x.o.x."},
    },
    "chip": {
        16: {"chip kick": "X.......X.x.....", "chip snare": "....X.......X...",
             "chip hat": "..x...x...x...xx"},
    },
    "pulse": {16: {"kick": "x.......x.......", "hat": "....o.......o.o."}},
    "electronic": {
        16: {"kick": "X...X...X...X...", "snare": "....X.......X...",
             "hat": "..x...x...x...xo"},
    },
    "tribal": {
        16: {"war drum": "X..x..x.X..x.x..", "frame high": "..x.x..x..x.x..x",
             "wood": "x.....x...x....."},
    },
    "swing": {
        16: {"hat": "x...x..xx...x..x", "kick": "o.......o.......", "snare": "....o.......o..."},
    },
}  # fmt: skip
"""Hits of each drum by ticks a bar: X loud, x medium, o soft."""

FILLS: dict[str, tuple[str, ...]] = {
    "war": ("war drum",),
    "rock": ("snare", "snare", "tom", "tom"),
    "march": ("snare",),
    "chip": ("chip snare",),
    "electronic": ("snare", "tom"),
    "tribal": ("war drum", "wood"),
    "jig": ("frame high", "frame low"),
}
"""What a kit plays in the last quarter of a phrase."""

CYMBALS = frozenset({"war", "rock", "march"})
"""Kits that strike a cymbal where a phrase begins."""
