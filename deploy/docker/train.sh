#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# train.sh JAR OPTIONS ARCHIVE
#
# Starts the product once as a node of its own, stops it when it is ready, and leaves the classes that it needed in ARCHIVE
# (https://docs.oracle.com/en/java/javase/17/vm/class-data-sharing.html). Fails if it did not start, or left none.
set -euo pipefail

jar=$1
options=$2
archive=$3
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
limit_seconds=180

log=$(mktemp)
trap 'rm -f "$log"' EXIT

# A cluster of one that nobody else can reach, on whatever port is free; the secret is forgotten with the process.
export SLUICE_CLUSTER_NAME=training-$$ SLUICE_CLUSTER_MEMBERS='' SLUICE_GATEWAY_PORT=0 SLUICE_GATEWAY_DRAIN_WINDOW=0s
export SLUICE_LOGGING_FORMAT=json
SLUICE_AUTH_SECRET=$(head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n')
export SLUICE_AUTH_SECRET
"$java" "@$options" -XX:ArchiveClassesAtExit="$archive" -jar "$jar" node >"$log" 2>&1 &
pid=$!

for ((waited = 0; waited < limit_seconds * 10; waited++)); do
  if grep -q '"event":"ready"' "$log" || ! kill -0 "$pid" 2>/dev/null; then
    break
  fi
  sleep 0.1
done
if ! grep -q '"event":"ready"' "$log"; then
  kill -9 "$pid" 2>/dev/null || true
  cat "$log" >&2
  echo "train: the node did not become ready" >&2
  exit 1
fi

kill -TERM "$pid"
if ! wait "$pid"; then
  cat "$log" >&2
  echo "train: the node did not stop in order" >&2
  exit 1
fi
if [ ! -s "$archive" ]; then
  cat "$log" >&2
  echo "train: there is no archive" >&2
  exit 1
fi
