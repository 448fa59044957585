"""Trouble with the data folder and the warehouse file, told as one line with a remedy."""

import errno
import os
import re
from pathlib import Path

from extract.errors import WarehouseError, one_line


def disk_trouble(error: OSError, folder: Path) -> WarehouseError:
    """What an OSError in the data folder means for a person."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return WarehouseError(
            f"The disk of {folder} is full",
            remedy="Make room and run again: it goes on where it was.",
        )
    return WarehouseError(
        f"The data folder {folder} cannot be written ({os.strerror(error.errno or 0)})",
        remedy="Check its owner and permissions, or set COUPANG_DATA_DIR to another folder.",
    )


def duckdb_trouble(error: BaseException, path: Path) -> WarehouseError:
    """What a DuckDB error on the warehouse file means for a person."""
    text = str(error)
    if "Could not set lock" in text:
        holder = re.search(r"held in (.+?) \(PID (\d+)\)", text)
        who = f" ({Path(holder[1]).name}, process {holder[2]})" if holder else ""
        return WarehouseError(
            f"{path.name} is open in another program{who}",
            remedy="Close it there; for looking, open the published coupang_revenue.duckdb.",
        )
    if "No space left" in text:
        return disk_trouble(OSError(errno.ENOSPC, ""), path.parent)
    if "ermission denied" in text or "read-only" in text.lower():
        return disk_trouble(OSError(errno.EACCES, ""), path.parent)
    return WarehouseError(
        f"{path.name} could not be used: {one_line(text.splitlines()[0] if text else error)}",
        remedy="If it stays, keep a copy of the file and restore the last backup.",
    )
