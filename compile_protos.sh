#!/usr/bin/env bash
# Writes the typed Python stubs of backend/protos/fraud.proto beside it.
#   ./compile_protos.sh           write them
#   ./compile_protos.sh --check   fail when the committed stubs are stale
set -euo pipefail
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

compile() { # compile OUT_DIR: `-I backend` makes the stubs say `from protos import fraud_pb2`
  local typed=()
  if [[ ${#stubs[@]} == 4 ]]; then typed=(--mypy_out="quiet:$1" --mypy_grpc_out="quiet:$1"); fi
  PATH="$(dirname "$(command -v "$python")"):$PATH" "$python" -m grpc_tools.protoc -I backend \
    --python_out="$1" --grpc_python_out="$1" "${typed[@]}" backend/protos/fraud.proto
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
