#!/usr/bin/env bash
# Writes the typed Python stubs of backend/protos/fraud.proto beside it.
#   ./compile_protos.sh           write them
#   ./compile_protos.sh --check   fail when the committed stubs are stale
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
python=python3
[[ -x .venv/bin/python ]] && python=$PWD/.venv/bin/python
"$python" -c 'import grpc_tools, mypy_protobuf' 2>/dev/null || {
  echo "compile_protos: grpcio-tools or mypy-protobuf is missing: run ./setup.sh first" >&2
  exit 1
}

compile() { # compile OUT_DIR: `-I backend` makes the stubs say `from protos import fraud_pb2`
  PATH="$(dirname "$python"):$PATH" "$python" -m grpc_tools.protoc -I backend \
    --python_out="$1" --grpc_python_out="$1" --mypy_out="quiet:$1" --mypy_grpc_out="quiet:$1" backend/protos/fraud.proto
}

stubs=(fraud_pb2.py fraud_pb2.pyi fraud_pb2_grpc.py fraud_pb2_grpc.pyi)
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
