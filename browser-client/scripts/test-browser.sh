#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs tests in a real Chromium: scripts/test-browser.sh test-browser/page.test.mjs … What they need to know is in the environment
# (see test-browser/README.md); `mvn verify` runs them against a real cluster.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/install.sh
exec node --test --test-concurrency=1 --test-reporter=spec "$@"
