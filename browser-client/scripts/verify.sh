#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# All checks of the package, as `mvn verify` runs them: types, tests, size, and what would be published.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

. scripts/install.sh

npm run --silent check
npm run --silent types
npm run --silent size
npm run --silent pack
# Said here, where `mvn verify` shows it: what the tests of a later module print goes to files.
. scripts/chromium.sh
has_chromium || true
# The tests last: what they print is the end of the log when one fails.
npm run --silent test
