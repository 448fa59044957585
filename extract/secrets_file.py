"""Editing `.dlt/secrets.toml`: comments stay, the file is replaced at once, mode 0600."""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import ParseError, TOMLKitError
from tomlkit.items import AoT, Table

from extract.errors import ConfigurationError


def check_toml(path: Path) -> None:
    """ConfigurationError (place, never content) where a configuration file is not TOML."""
    read_toml(path)


def read_toml(path: Path) -> tomlkit.TOMLDocument:
    """The document, empty where the file is not there yet."""
    try:
        return tomlkit.parse(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return tomlkit.document()
    except ParseError as error:
        raise ConfigurationError(
            f"{path.name} is broken at line {error.line}",
            remedy="Mend it by hand; nothing was changed.",
        ) from None
    except (TOMLKitError, UnicodeDecodeError):
        raise ConfigurationError(
            f"{path.name} is broken", remedy="Mend it by hand; nothing was changed."
        ) from None
    except OSError as error:
        raise ConfigurationError(
            f"{path.name} cannot be read ({os.strerror(error.errno or 0)})",
            remedy="Check its owner and permissions.",
        ) from None


def is_private(path: Path) -> bool:
    """Whether nobody but the owner can read the file."""
    return not path.exists() or path.stat().st_mode & 0o077 == 0


class SecretsFile:
    """The accounts of a secrets.toml. Each change reads, edits and replaces the whole file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._document = read_toml(path)

    def entries(self) -> list[dict[str, Any]]:
        """The accounts as plain data."""
        return [table.unwrap() for table in self._accounts(make=False)]

    def add(self, entry: Mapping[str, Any]) -> None:
        """Links an account."""
        table = tomlkit.table()
        table.update(entry)
        if self._document:
            table.trivia.indent = "\n"  # an empty line before it
        self._accounts(make=True).append(table)
        self._save()

    def change(self, vendor_id: str, values: Mapping[str, Any]) -> None:
        """Sets values of an account; a value of None takes the setting out."""
        table = self._find(vendor_id)
        for key, value in values.items():
            if value is None:
                table.pop(key, None)
            else:
                table[key] = value
        self._save()

    def remove(self, vendor_id: str) -> None:
        """Takes an account out."""
        accounts = self._accounts(make=False)
        accounts.remove(self._find(vendor_id))
        self._save()

    def _find(self, vendor_id: str) -> Table:
        for table in self._accounts(make=False):
            if table.get("vendor_id") == vendor_id:
                return table
        raise ConfigurationError(f"{self.path.name} holds no account {vendor_id}")

    def _accounts(self, *, make: bool) -> Any:  # noqa: ANN401 - tomlkit's array of tables
        node: Any = self._document
        for key in ("sources", "coupang"):
            if key not in node:
                if not make:
                    return []
                node[key] = tomlkit.table(is_super_table=True)
            node = node[key]
        if "accounts" not in node:
            if not make:
                return []
            node["accounts"] = tomlkit.aot()
        accounts = node["accounts"]
        if not isinstance(accounts, AoT):
            raise ConfigurationError(
                f"{self.path.name}: the accounts are not written as [[sources.coupang.accounts]]",
                remedy="Write each account as a table of its own, as in secrets.toml.example.",
            )
        return accounts

    def _save(self) -> None:
        """Writes beside the file and replaces it, so that a reader sees the old or the new."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # Made at mode 0600 by mkstemp; a link's target is replaced, not the link.
            target = self.path.resolve()
            handle, name = tempfile.mkstemp(dir=target.parent, prefix=".secrets-")
            try:
                with os.fdopen(handle, "w", encoding="utf-8") as file:
                    file.write(tomlkit.dumps(self._document))
                    file.flush()
                    os.fsync(file.fileno())
                Path(name).replace(target)
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise
        except OSError as error:
            raise ConfigurationError(
                f"{self.path.name} cannot be written ({os.strerror(error.errno or 0)})",
                remedy="Check the owner and permissions of its folder; nothing was changed.",
            ) from None
