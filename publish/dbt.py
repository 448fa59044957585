"""dbt as a command: where the project is, and that nothing is told to anybody."""

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from publish.errors import PublishError

ROOT = Path(__file__).resolve().parent.parent
PROJECT = ROOT / "dbt_project"
MARTS = PROJECT / "models" / "marts"

# targets of profiles.yml: this one, and those of another engine
DUCKDB = "duckdb"
OTHER_ENGINES = ("spark", "cluster")


def dbt_environment(folder: Path, own: Path | None = None) -> dict[str, str]:
    """What dbt has to be told: the project, the warehouse in `folder`, and that nothing is told to
    anybody. own: a folder for all that dbt writes beside it (else where dbt itself puts it)."""
    environment = {
        "COUPANG_DATA_DIR": str(folder),
        "DBT_PROJECT_DIR": str(PROJECT),
        "DBT_PROFILES_DIR": str(ROOT),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DO_NOT_TRACK": "1",
    }
    if own is not None:
        environment |= {"DBT_TARGET_PATH": str(own / "target"), "DBT_LOG_PATH": str(own / "logs")}
    return environment


def run_dbt(folder: Path, *arguments: str, own: Path | None = None, target: str = DUCKDB) -> bool:
    """Runs dbt on the warehouse in `folder`, its output where ours goes; whether it succeeded. own:
    as of `dbt_environment`. target: of profiles.yml."""
    colours = "--use-colors" if sys.stdout.isatty() else "--no-use-colors"
    if target == DUCKDB:
        dbt = [str(Path(sys.executable).with_name("dbt"))]
    else:
        dbt = [sys.executable, "-m", "publish.dbt_on_spark"]
    command = [*dbt, colours, *arguments, "--target", target]
    return not subprocess.run(  # noqa: S603 - our own command
        command, cwd=ROOT, env=os.environ | dbt_environment(folder, own), check=False
    ).returncode


def write_docs(page: Path) -> None:
    """Writes dbt's docs as one HTML page that needs no network.

    They describe the project, so an empty warehouse of their own serves; the real one is neither
    needed nor opened.
    """
    with TemporaryDirectory() as name:
        folder = Path(name).resolve()
        for arguments in (["run"], ["docs", "generate", "--static"]):
            if not run_dbt(folder, "--quiet", *arguments, own=folder):
                raise PublishError(
                    f"dbt {arguments[0]} failed (see above)", remedy="Mend it first."
                )
        page.parent.mkdir(parents=True, exist_ok=True)
        # The page may go to others: where it was made is no business of theirs.
        text = (folder / "target" / "static_index.html").read_text(encoding="utf-8")
        page.write_text(text.replace(f"{folder}/", ""), encoding="utf-8")
