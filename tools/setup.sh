#!/bin/sh
# Make .venv hold what a target needs: "run", "test" (with the test tools) or "dev" (with all tools).
#
#     sh tools/setup.sh run|test|dev
#
# Quick when nothing changed: a stamp in .venv remembers what pyproject.toml and requirements.lock
# said. A broken or half-made .venv is made anew. Uses uv if it is there, else venv and pip.
set -u
cd "$(dirname "$0")/.." || exit 1

want=$1
venv=.venv
python=$venv/bin/python
log=.venv.log
needed_mb=3000

say() { printf '%s\n' "$*"; }
give_up() { printf 'mezzotint: %s\n' "$*" >&2; exit 2; }

main() {
    stamp=$venv/.ready-$want
    state="$(cat pyproject.toml requirements.lock | cksum) $(pwd)"
    if is_complete && [ "$(cat "$stamp" 2>/dev/null)" = "$state" ]; then return; fi
    if [ -e "$venv" ] && ! has_interpreter; then make_anew; fi
    [ -e "$venv" ] || make_venv
    install_packages
    if ! starts; then
        make_anew
        make_venv
        install_packages
        starts || give_up "What was installed does not start: $(tail -n 1 "$log")"
    fi
    printf '%s' "$state" >"$stamp"
}

make_anew() {
    say "==> $venv is broken: making it anew"
    rm -rf "$venv" || give_up "$venv is broken and cannot be removed: remove it by hand."
}

has_interpreter() {
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 || return 1
    has uv || "$python" -m pip --version >/dev/null 2>&1
}

starts() { is_complete && "$python" -c 'import torch, transformers' >"$log" 2>&1; }

# Whether every package that mezzotint asks for is there.
is_complete() {
    "$python" -I - >/dev/null 2>&1 <<'PYTHON'
import importlib.metadata as metadata, importlib.util as util, re
for requirement in metadata.requires("mezzotint"):
    metadata.version(re.match(r"[\w.-]+", requirement)[0])
for module in ("mezzotint_server", "mezzotint_infill", "mezzotint_grammars", "torch", "transformers"):
    assert util.find_spec(module).origin
PYTHON
}

make_venv() {
    enough_space
    if has uv; then
        say "==> making $venv with uv"
        uv venv --quiet --seed --python '>=3.11' "$venv" >"$log" 2>&1 || explain "The virtual environment could not be made"
        return
    fi
    system_python=$(find_python) || give_up "Python 3.11 or newer is missing: install it (Debian: apt install python3 python3-venv) or install uv."
    "$system_python" -c 'import venv, ensurepip' 2>/dev/null ||
        give_up "Python's venv module is missing: install it (Debian: apt install python3-venv) or install uv."
    say "==> making $venv with $("$system_python" --version)"
    "$system_python" -m venv "$venv" >"$log" 2>&1 || explain "The virtual environment could not be made"
}

find_python() {
    for name in python3 python3.14 python3.13 python3.12 python3.11; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            say "$name"
            return
        fi
    done
    return 1
}

install_packages() {
    rm -f "$venv"/.ready-*
    say "==> installing packages (the first time takes minutes; all output is in $log)"
    case $want in run) group= ;; *) group="--group $want" ;; esac
    # shellcheck disable=SC2086  # $group is two words or none
    if has uv; then
        # uv does not read pip's settings; where wheels are laid out for pip, they serve uv as well.
        UV_FIND_LINKS=${UV_FIND_LINKS:-${PIP_FIND_LINKS:-}} follow uv pip install --python "$python" $(torch_for_uv) -c requirements.lock -e . $group
    else
        # --group needs pip 25.1; a venv of Debian 12 begins with 23.0.
        follow "$python" -m pip install --upgrade 'pip>=25.1'
        follow "$python" -m pip install $(torch_for_pip) -c requirements.lock -e . $group
    fi
}

# PyPI's torch for Linux brings gigabytes of CUDA. Without an NVIDIA GPU, PyTorch's own index has a
# small one. Where that index cannot be reached, whatever is configured on this machine serves.
torch_for_uv() { wants_small_torch && say --torch-backend=cpu; }
torch_for_pip() { wants_small_torch && say --extra-index-url https://download.pytorch.org/whl/cpu; }
wants_small_torch() {
    [ "$(uname)" = Linux ] && ! [ -e /dev/nvidiactl ] && "$python" -c '
import urllib.request
urllib.request.urlopen("https://download.pytorch.org/whl/cpu/torch/", timeout=5)' 2>/dev/null
}

# Run a command with its output in the log, large downloads shown; stop with a reason if it fails.
follow() {
    { "$@" </dev/null 2>&1; echo "exit status $?"; } | tee "$log" |
        awk '/^ *Downloading .*\(([0-9][0-9]+(\.[0-9]+)? ?M|[0-9.]+ ?G)i?B\)/ { sub(/^ */, "    "); print; fflush() }'
    tail -n 1 "$log" | grep -qx 'exit status 0' || explain "The packages could not be installed"
}

# Tell the likely cause in one sentence, from what the log says.
explain() {
    if grep -qi 'no space left' "$log" || [ "$(free_mb)" -lt 100 ]; then
        give_up "$1: the disk is full."
    elif grep -Eqi 'name resolution|name or service|failed to resolve|network is unreachable|connection (refused|reset|error)|timed out|dns error|failed to fetch|no matching distribution' "$log"; then
        give_up "$1: the package index cannot be reached, check the network and proxy (details: $log)."
    fi
    give_up "$1: $(grep -i error "$log" | tail -n 1) (details: $log)"
}

enough_space() {
    [ "$(free_mb)" -ge "$needed_mb" ] || give_up "The disk has $(free_mb) MB free; setting up needs about $needed_mb MB."
}

free_mb() { df -Pk . | awk 'NR == 2 { print int($4 / 1024) }'; }

has() { command -v "$1" >/dev/null 2>&1; }

main
