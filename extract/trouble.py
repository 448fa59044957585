"""Trouble with the data folder and the warehouse file, told as one line with a remedy."""

import errno
import os
import re
from pathlib import Path

import duckdb

from extract.errors import WarehouseError, one_line

# What a full disk, a quota and a limit on file sizes are called, as numbers and as DuckDB's words.
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_FULL_WORDS = tuple(os.strerror(number) for number in _FULL)
_DENIED = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST)


def disk_trouble(error: OSError, folder: Path) -> WarehouseError:
    """What an OSError in the data folder means for a person."""
    if error.errno in _FULL:
        full = WarehouseError(
            f"The disk of {folder} is full",
            remedy="Make room and run again: it goes on where it was.",
        )
        full.is_full_disk = True
        return full
    reason = os.strerror(error.errno) if error.errno else type(error).__name__
    if error.errno in _DENIED:
        return WarehouseError(
            f"The data folder {folder} cannot be written ({reason})",
            remedy="Check its owner and permissions, or set COUPANG_DATA_DIR to another folder.",
        )
    return WarehouseError(
        f"A file in the data folder {folder} could not be used ({reason})",
        remedy="Run again: what was not loaded is read again.",
    )


def is_locked(error: BaseException) -> bool:
    """Whether a DuckDB error says that another program has the file."""
    return isinstance(error, duckdb.IOException) and "Could not set lock" in str(error)


def duckdb_trouble(error: BaseException, path: Path) -> WarehouseError:
    """What a DuckDB error on the warehouse file means for a person."""
    text = str(error)
    if is_locked(error):
        holder = re.search(r"held in (.+?) \(PID (\d+)\)", text)
        who = f" ({Path(holder[1]).name}, process {holder[2]})" if holder else ""
        return WarehouseError(
            f"{path.name} is open in another program{who}",
            remedy="Close it there; for looking, open the published coupang_revenue.duckdb.",
        )
    if any(words in text for words in _FULL_WORDS):
        return disk_trouble(OSError(errno.ENOSPC, ""), path.parent)
    if "ermission denied" in text or "read-only" in text.lower():
        return disk_trouble(OSError(errno.EACCES, ""), path.parent)
    return WarehouseError(
        f"{path.name} could not be used: {one_line(text.splitlines()[0] if text else error)}",
        remedy="If it stays, move the file away and `make restore` the last backup.",
    )
