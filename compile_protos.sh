#!/usr/bin/env bash
# Writes the typed Python stubs of backend/protos/fraud.proto beside it.
#   ./compile_protos.sh           write them
#   ./compile_protos.sh --check   fail when the committed stubs are stale
if [ -z "${BASH_VERSION:-}" ]; then exec bash "$0" "$@"; fi # called as `sh compile_protos.sh`
set -euo pipefail
# protoc runs a plugin as a file, and pip's own do not start where the checkout's path has a " or a $: we are that file
if [[ ${PROTOC_PLUGIN:-} ]]; then
  exec "$PROTOC_PYTHON" -c "from mypy_protobuf.main import $PROTOC_PLUGIN; $PROTOC_PLUGIN()"
fi
CDPATH='' cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")"
for python in "$PWD/.venv/bin/python" python3 python; do
  if "$python" -c 'import grpc_tools' 2>/dev/null; then break; fi
  python=
done
if [[ -z $python ]]; then
  echo "compile_protos: grpcio-tools is missing: pip install grpcio-tools, or run ./setup.sh" >&2
  exit 1
fi

stubs=(fraud_pb2.py fraud_pb2_grpc.py)
if "$python" -c 'import mypy_protobuf' 2>/dev/null; then # types, for those who check them: ./setup.sh installs it
  stubs+=(fraud_pb2.pyi fraud_pb2_grpc.pyi)
fi

protoc() { # `-I backend` makes the stubs say `from protos import fraud_pb2`
  "$python" -m grpc_tools.protoc -I backend "$@" backend/protos/fraud.proto
}

compile() { # compile OUT_DIR
  protoc --python_out="$1" --grpc_python_out="$1"
  if [[ ${#stubs[@]} == 2 ]]; then return; fi
  export PROTOC_PYTHON=$python
  PROTOC_PLUGIN=main protoc --plugin=protoc-gen-mypy="$PWD/compile_protos.sh" --mypy_out="quiet:$1"
  PROTOC_PLUGIN=grpc protoc --plugin=protoc-gen-mypy_grpc="$PWD/compile_protos.sh" --mypy_grpc_out="quiet:$1"
}

case ${1:-} in
  "") compile backend; echo "compile_protos: wrote ${stubs[*]} to backend/protos" ;;
  --check)
    fresh=$(mktemp -d); trap 'rm -rf "$fresh"' EXIT
    compile "$fresh"
    for stub in "${stubs[@]}"; do
      cmp -s "$fresh/protos/$stub" "backend/protos/$stub" || {
        echo "compile_protos: backend/protos/$stub is stale: run ./compile_protos.sh and commit" >&2
        exit 1
      }
    done
    echo "compile_protos: the stubs match fraud.proto" ;;
  *) echo "usage: ./compile_protos.sh [--check]" >&2; exit 2 ;;
esac
