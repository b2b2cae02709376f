#!/usr/bin/env bash
# Sets up Sentinel on this machine and runs it there without containers. `./setup.sh help` lists the commands.
if [ -z "${BASH_VERSION:-}" ]; then exec bash "$0" "$@"; fi # called as `sh setup.sh`
set -euo pipefail
# the checkout, also where this file is reached by a link; without CDPATH, which would lead elsewhere
CDPATH='' cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")"
unset "${!PYTHON@}" # of a person's own Python: PYTHONHOME leads ours astray, PYTHONINSPECT keeps it from ending
export PYTHONPATH=$PWD/backend
if [[ $PWD == *:* ]]; then
  echo "setup.sh: move this checkout to a path without a colon, which ends a place in PATH: $PWD" >&2
  exit 1
fi
python=.venv/bin/python
stamp=.venv/installed-requirements # of which files, and for which Python, the environment was made

fail() {
  echo "setup.sh: $1" >&2
  exit 1
}

help() {
  cat <<'HELP'
./setup.sh                       set up: Python environment, mongod, stubs, model, dashboard (with Node 20.9+)
./setup.sh up [--detach]         run the whole stack; in the foreground Ctrl-C stops it
./setup.sh down [--volumes]      stop it; --volumes deletes its data and logs as well
./setup.sh stop|start|restart [brain|gateway|worker|db]
./setup.sh status
./setup.sh logs [-f] [brain|gateway|worker|db]
./setup.sh test [pytest arguments]
./setup.sh test --fast           lint, types, contracts, unit and contract tests: no browser, nothing killed or trained
./setup.sh drill [name]          the long drills: kill, freeze and starve everything under load (minutes)
./setup.sh bench [name|all]      measure how fast it is beside a naive stack and an echo (chain); writes docs/benchmarks.md
./setup.sh test --containers     build the images, run docker-compose.yml, break it, watch it recover
.venv/bin/sentinel --help        the other commands: prove the ledger, judge and train the model, measure, load
Ports: GATEWAY_PORT (8000), GATEWAY_WORKER_PORT (8010), BRAIN_SERVICE_PORT (50051), MONGODB_PORT (27017).
With MONGODB_URL set no mongod of our own is started. State is kept in .sentinel/ (SENTINEL_HOME).
HELP
}

find_python() { # the version that the tests run on comes first; a name may be a shim for none: ask it
  local name others
  others=$(compgen -c python3. | grep -Ex 'python3\.[0-9]+' | sort -uV)
  for name in python3.11 python3.12 python3.13 python3 $others; do
    if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      echo "$name"
      return
    fi
  done
  fail "Python 3.11 or newer is needed, and none is on PATH: install it (Debian: apt-get install python3 python3-venv)"
}

fingerprint() {
  { cat requirements-test.txt backend/constraints.txt backend/*/requirements.txt && "$python" -VV; } | cksum
}

install_environment() {
  if [[ -f $stamp ]] && [[ $(cat "$stamp") == "$(fingerprint 2>/dev/null)" ]]; then return; fi
  # two first runs at once would overwrite each other's files; where there is no flock, that is left to luck
  exec 9<setup.sh
  if command -v flock >/dev/null; then flock 9; fi
  if ! "$python" -m pip --version >/dev/null 2>&1; then
    local base
    base=$(find_python) || exit 1
    echo "making the Python environment in .venv with $("$base" -V)"
    "$base" -c 'import ensurepip, venv' 2>/dev/null ||
      fail "$base cannot make an environment: install its venv module (Debian: apt-get install python3-venv)"
    "$base" -m venv --clear .venv || fail "$base could not make the environment in .venv: see its message above"
  fi
  if [[ ! -f $stamp ]] || [[ $(cat "$stamp") != "$(fingerprint)" ]]; then
    echo "installing the pinned packages: a few minutes the first time"
    local files=() file
    for file in requirements-test.txt backend/*/requirements.txt; do files+=(-r "$file"); done
    # where a person's pip installs by default is not where this is to go
    PIP_USER=0 env -u PIP_TARGET -u PIP_PREFIX -u PIP_ROOT \
      "$python" -m pip install -qq --disable-pip-version-check --no-input "${files[@]}" ||
      fail "pip could not install the packages of backend/*/requirements.txt: see its message above"
    fingerprint >"$stamp"
  fi
  exec 9>&- # nothing that is started later may inherit the lock
}

install_commands() { # for people: `sentinel` finds its checkout by its own place, wherever it is called from
  local command=.venv/bin/sentinel
  if cmp -s backend/commands/sentinel.sh "$command"; then return; fi
  cp backend/commands/sentinel.sh "$command.new" && chmod 755 "$command.new" && mv "$command.new" "$command"
}

set_up_backend() {
  install_environment
  install_commands
  "$python" -m local prepare
  ./compile_protos.sh --check
  "$python" -m local.artifact
}

set_up() {
  set_up_backend
  "$python" -m local.dashboard
}

go_without() { # go_without WHAT WHY
  if [[ -n ${CI:-} ]]; then fail "$1: $2, and CI is set: they have to run there"; fi
  echo "$1: $2, so they are skipped"
}

apt_install() { # apt_install WHAT PACKAGE...: where that cannot be done, people go without
  if [[ $(id -u) != 0 ]] || ! command -v apt-get >/dev/null; then
    go_without "$1" "$2 is not on PATH (Debian: apt-get install $2)"
    return
  fi
  echo "$1: installing $2, once"
  local log
  log=$(mktemp)
  if ! { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    "${@:2}"; } >"$log" 2>&1; then
    tail -n 3 "$log" >&2
    go_without "$1" "apt-get could not install $2 (its last lines are above)"
  fi
  rm -f "$log"
}

have_browser() { # for the dashboard's tests
  command -v chromium chromium-browser google-chrome >/dev/null || apt_install "browser tests" chromium fonts-liberation
}

have_wrk() { # makes the load of benchmarks
  command -v wrk >/dev/null || apt_install benchmarks wrk
}

check_cost() { # by CPU time, before other tests make the machine busy
  if command -v wrk >/dev/null; then
    echo "== CPU time of a verdict"
    "$python" -m commands bench guard || fail "CPU time of a verdict failed: see above"
  fi
}

# most tests wait for processes: on two cores three finish sooner than two
three_at_a_time=(--numprocesses 3 --dist loadscope --no-loadscope-reorder)

run_fast_tests() { # for whoever is changing something: the dashboard is not built, and no browser is looked for
  set_up_backend
  exec "$python" -m local.checks backend/tests/unit backend/tests/contract -m "not slow" "${three_at_a_time[@]}" "$@"
}

run_tests() {
  local browser
  { have_browser && have_wrk; } & # apt waits for the network as pip and npm do: each for its own
  browser=$!
  set_up
  wait "$browser" || exit 1
  # who asks for some gets them in order
  if [[ $# == 0 ]]; then
    check_cost
    set -- "${three_at_a_time[@]}"
  fi
  exec "$python" -m local.checks "$@" # the closing line of pytest is the last
}

run_drills() { # run_drills [NAME]: what the tests do for some seconds, for minutes
  install_environment
  "$python" -m local prepare
  export SENTINEL_DRILL=full
  local name=${1:-}
  exec "$python" -m pytest backend/tests/drills ${name:+-k "$name"} "${@:2}"
}

run_bench() { # run_bench [NAME [OPTIONS]]
  install_environment
  "$python" -m local prepare
  have_wrk
  if [[ ${1:-} == -* ]]; then set -- chain "$@"; fi
  exec "$python" -m commands bench "${1:-chain}" "${@:2}"
}

run_container_tests() { # a project of its own, on free ports: a stack that is already up is left alone
  install_environment
  exec "$python" -m pytest backend/tests/containers "$@"
}

case ${1:-setup} in
  setup)
    set_up # not `set_up &&`: that would switch off `set -e` inside it
    echo "Set up. Next: ./setup.sh up"
    ;;
  up | down | stop | start | restart | status | logs)
    install_environment
    install_commands
    exec "$python" -m local "$@"
    ;;
  test)
    shift
    case ${1:-} in
      --containers) run_container_tests "${@:2}" ;;
      --fast) run_fast_tests "${@:2}" ;;
      *) run_tests "$@" ;;
    esac
    ;;
  drill)
    shift
    run_drills "$@"
    ;;
  bench)
    shift
    run_bench "$@"
    ;;
  help | -h | --help) help ;;
  *)
    help >&2
    exit 2
    ;;
esac
