#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# train-nodes.sh JAVA JAR OPTIONS ARCHIVE
#
# Makes the archive of classes (CDS) with which the nodes of the tests start, in the way in which the image makes its own
# (deploy/docker/train.sh). A JVM uses it only for the very path, size and time of the jar, so it is made again with each jar.
set -euo pipefail

java=$1
jar=$(cd "$(dirname "$2")" && pwd)/$(basename "$2")
archive=$4
options=$archive.options
log=$archive.log

rm -f "$archive"
mkdir -p "$(dirname "$archive")"
printf '%s\n' "$3" >"$options"
JAVA_HOME=$(dirname "$(dirname "$java")") bash "$(dirname "$0")/../deploy/docker/train.sh" "$jar" "$options" "$archive" >"$log" 2>&1 || {
  cat "$log" >&2
  exit 1
}

# A JVM that does not like an archive goes on without: slowly, and nobody would notice. With -Xshare:on it fails.
# shellcheck disable=SC2086 # several options in one argument are meant to be split
"$java" -Xshare:on $3 -XX:SharedArchiveFile="$archive" -jar "$jar" version >>"$log" 2>&1 || {
  cat "$log" >&2
  echo "train-nodes: the archive cannot be used" >&2
  exit 1
}
