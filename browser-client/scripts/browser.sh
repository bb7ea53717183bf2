#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The tests in a real browser, as `mvn verify` runs them once there is a cli jar. Ends with 77 where there is no browser.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if [ -z "${SLUICE_CHROMIUM:-}" ] && ! command -v chromium >/dev/null && ! command -v chromium-browser >/dev/null \
    && ! command -v google-chrome >/dev/null; then
  echo "SKIPPED: the browser tests need Chromium on the PATH, or at SLUICE_CHROMIUM"
  exit 77
fi
. scripts/install.sh
npm run --silent test:browser
