#!/bin/bash
# Drives what is deployed as the platform does, here and inside a Debian 11, and prints what it measured. The bundle is
# made first when there is none, or one older than the sources (some minutes).
#
#   scripts/conformance.sh [ARGUMENTS OF swift test]
#
# BREATH_TEST_BUNDLE names another folder of zips, which is taken as it is.
set -euo pipefail
# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=scripts/tools.sh
. "$root/scripts/tools.sh"
cd "$root"

functions=$(scripts/functions.sh)

# Everything a zip is made of.
is_current() {
  local name
  for name in $functions; do
    [ -f ".build/bundle/$name.zip" ] || return 1
    [ -z "$(find Package.swift Package.resolved Sources project.yml functions/exec scripts/bundle.sh scripts/libpq-stand-ins.sh \
      scripts/sbom.py -newer ".build/bundle/$name.zip" -print -quit 2>/dev/null)" ] || return 1
  done
}

require_swift
require_packages zip:zip unzip:unzip strace:strace openssl:openssl
if [ -z "${BREATH_TEST_BUNDLE:-}" ]; then
  is_current || scripts/bundle.sh
  BREATH_TEST_BUNDLE=$root/.build/bundle
fi
BREATH_TEST_BUNDLE=$(cd "$BREATH_TEST_BUNDLE" && pwd)
BREATH_TEST_OLD_ROOT=$(scripts/old-root.sh) || true
BREATH_TEST_REPORT=$(mktemp)
export BREATH_TEST_BUNDLE BREATH_TEST_OLD_ROOT BREATH_TEST_REPORT
trap 'rm -f "$BREATH_TEST_REPORT"' EXIT

say "Building the tests …"
build_all --build-tests
result=0
scripts/with-database.sh swift test -c release --skip-build --filter ConformanceTests "$@" || result=$?
say ''
say "Measured, with the bundle in $BREATH_TEST_BUNDLE:"
cat "$BREATH_TEST_REPORT"
exit "$result"
