#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# ready.sh PORT [HOST]: exit code 0 if the node there is ready. The image has no curl; bash can talk TCP.
set -euo pipefail

exec 3<>"/dev/tcp/${2:-127.0.0.1}/$1"
printf 'GET /health/ready HTTP/1.0\r\nHost: localhost\r\n\r\n' >&3
read -r -t 2 _ status _ <&3
[ "$status" = 200 ]
