#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The tests in a real browser, as `mvn verify` runs them once there is a cli jar. Ends with 77 where there is no browser.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

. scripts/chromium.sh
has_chromium || exit 77
. scripts/install.sh
npm run --silent test:browser
