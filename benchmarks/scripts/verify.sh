#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The tests of what measures, as `mvn verify` runs them. Nothing is measured. Without a C compiler they are skipped: who only uses Sluice
# needs none.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if ! command -v make >/dev/null || ! echo '#include <zlib.h>' | gcc -E - >/dev/null 2>&1; then
  echo "benchmarks: gcc, make or the headers of zlib are not there, so the tests of the load generator are SKIPPED"
  exit 0
fi

. ../browser-client/scripts/install.sh

npm run --silent test
