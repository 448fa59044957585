"""A sandbox of the Coupang Open API: a world of seller accounts, and a server that shows it.

Coupang offers no test environment. See README.md beside this file.
"""

from __future__ import annotations

from .claims import Claimed, Exchange, Receipt, Withdrawal
from .faults import (
    Answer,
    EmptyPage,
    EndlessPages,
    ErrorInside,
    Fault,
    Mutate,
    Refuse,
    Reset,
    SameToken,
    Slow,
    Truncated,
    access_denied,
    each_row,
    first_row,
    ip_refused,
    not_json,
    server_error,
    too_many,
    unauthorized,
)
from .moments import KST
from .orders import Box, BoxSpec, Gone, Item, Line, Order, Product, Status, box, item
from .sales import SalesRow, Sold
from .seeded import seeded_world
from .server import Request, SandboxServer
from .world import Account, Key, World

__all__ = [
    "KST",
    "Account",
    "Answer",
    "Box",
    "BoxSpec",
    "Claimed",
    "EmptyPage",
    "EndlessPages",
    "ErrorInside",
    "Exchange",
    "Fault",
    "Gone",
    "Item",
    "Key",
    "Line",
    "Mutate",
    "Order",
    "Product",
    "Receipt",
    "Refuse",
    "Request",
    "Reset",
    "SalesRow",
    "SameToken",
    "SandboxServer",
    "Slow",
    "Sold",
    "Status",
    "Truncated",
    "Withdrawal",
    "World",
    "access_denied",
    "box",
    "each_row",
    "first_row",
    "ip_refused",
    "item",
    "not_json",
    "seeded_world",
    "server_error",
    "too_many",
    "unauthorized",
]
