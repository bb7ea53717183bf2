# SPDX-License-Identifier: Apache-2.0
#
# Read by the other scripts: has_chromium tells whether there is a browser to test with, and says so where there is none.

has_chromium() {
  [ -n "${SLUICE_CHROMIUM:-}" ] && return
  local name
  for name in chromium chromium-browser google-chrome; do
    command -v "$name" >/dev/null && return
  done
  echo "SKIPPED: the browser tests need Chromium on the PATH, or at SLUICE_CHROMIUM"
  return 1
}
