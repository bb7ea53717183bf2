#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Sourced by the others: makes sure of Node.js and of what is in package-lock.json.
node_min=20
version=$(node --version 2>/dev/null | sed 's/^v\([0-9]*\).*/\1/' || true)
if [ "${version:-0}" -lt $node_min ] || ! command -v npm >/dev/null; then
  echo "The browser client is checked with Node.js $node_min or newer and npm, which are not on the PATH (node: ${version:-none})." >&2
  echo "Install them, or build without tests: mvn -DskipTests verify" >&2
  exit 1
fi

# npm leaves a lockfile of its own in what it installed; as long as ours is not newer, there is nothing to do.
if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  npm ci --ignore-scripts --no-audit --no-fund --silent
  touch node_modules/.package-lock.json
fi
