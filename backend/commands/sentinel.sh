#!/usr/bin/env bash
# Sentinel's commands, from any directory. setup.sh copies this to .venv/bin/sentinel; images have a link to it on PATH.
self=$0
if [[ -L $self ]]; then self=$(readlink -f -- "$self"); fi
root=$(CDPATH='' cd -- "$(dirname -- "$self")/../.." && pwd) || exit 2
python=$root/.venv/bin/python
if [[ -x $python ]]; then
  unset "${!PYTHON@}" # of a person's own Python: PYTHONHOME leads ours astray, PYTHONINSPECT keeps it from ending
else # an image, whose /tmp is small: what is sorted needs the room of the journal
  python=python
  export TMPDIR="${TMPDIR:-${GATEWAY_JOURNAL_DIR:-/tmp}}"
fi
# -P: a file of the directory where somebody stands is none of our modules
PYTHONPATH=$root/backend exec "$python" -P -m commands "$@"
