#!/bin/sh
# Makes .venv from the lock of exact versions, or does nothing where it is made already.
#
#   sh scripts/environment.sh users        what runs the warehouse (requirements.lock)
#   sh scripts/environment.sh developers   that and the tests, linters, benches (requirements-dev.lock)
#   sh scripts/environment.sh spark        what is there, and Spark (requirements-spark.lock)
#
# What is installed is remembered as a copy of the lock inside .venv: comparing two files needs no
# hash tool, is exact, and costs a few milliseconds. PYTHON names the interpreter to use.
set -eu
cd "$(dirname "$0")/.."

who=${1:-users}
users_lock=requirements.lock
developers_lock=requirements-dev.lock
spark_lock=requirements-spark.lock

fail() {
    echo "$1" >&2
    exit 1
}

# The version (as in 3.12) of an interpreter, if it is one that can be used; nothing otherwise.
# A command that exists is no proof: pyenv leaves names behind that only print an error.
usable_version() {
    "$1" -c '
import sys
if (3, 11) <= sys.version_info[:2] <= (3, 13):
    print("%d.%d" % sys.version_info[:2])
' 2>/dev/null || true
}

any_version() {
    "$1" -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])' 2>/dev/null || echo "not found"
}

choose_python() {
    if [ -n "${PYTHON:-}" ]; then
        set -- "$PYTHON"
    else
        set -- python3 python3.13 python3.12 python3.11
    fi
    for candidate in "$@"; do
        if [ -n "$(usable_version "$candidate")" ]; then
            printf '%s\n' "$candidate"
            return
        fi
    done
}

is_made() { # that lock, installed here, by an interpreter that is still there
    [ -x .venv/bin/python ] && [ "$(cat .venv/made-in 2>/dev/null)" = "$PWD" ] &&
        cmp -s "$1" ".venv/$1"
}

is_of_another_python() { # only where PYTHON was asked for
    [ -n "${PYTHON:-}" ] && [ "$(usable_version "$PYTHON")" != "$(usable_version .venv/bin/python)" ]
}

install() {
    echo "Installing $1 into .venv (once; again only when it changes)" >&2
    .venv/bin/python -m pip install --quiet --quiet --disable-pip-version-check \
        --require-hashes --requirement "$1" ||
        fail "Installing $1 failed (see above). Mend that and run the same command again."
    cp "$1" .venv/
}

make_anew() {
    python=$(choose_python)
    [ -n "$python" ] || fail "Python 3.11, 3.12 or 3.13 is needed (${PYTHON:-python3} is $(any_version "${PYTHON:-python3}")); install one, or name it: make PYTHON=/path/to/python3.12 ..."
    "$python" -c 'import venv, ensurepip' 2>/dev/null ||
        fail "$python has no venv module; install it (Debian, Ubuntu: apt install python$(usable_version "$python")-venv) and run the same command again."
    "$python" -m venv --clear .venv
    printf '%s\n' "$PWD" >.venv/made-in
}

case $who in
users)
    if ! is_made "$users_lock" || is_of_another_python; then
        make_anew
        install "$users_lock"
    fi
    ;;
developers)
    if ! is_made "$users_lock" || is_of_another_python ||
        { [ -e ".venv/$developers_lock" ] && ! is_made "$developers_lock"; }; then
        make_anew
    fi
    if ! is_made "$developers_lock"; then
        # The developers' lock holds the users' versions and more, so this is the users' lock too.
        install "$developers_lock"
        cp "$users_lock" .venv/
    fi
    ;;
spark)
    sh "$0" users
    # It holds the users' versions and Spark's, so it fits on top of either of the others.
    if ! is_made "$spark_lock"; then
        install "$spark_lock"
    fi
    ;;
*)
    fail "usage: sh scripts/environment.sh users|developers|spark"
    ;;
esac
