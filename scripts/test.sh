#!/bin/bash
# Builds once, in release configuration, and runs every test against a new PostgreSQL cluster of its own.
# Arguments go to 'swift test', such as --filter PushTests.
#
#   BREATH_TEST_PICTURES=1   the pictures must be photographed in Chromium, which is installed where that is allowed;
#                            otherwise they are when it is there
set -euo pipefail
# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=scripts/tools.sh
. "$root/scripts/tools.sh"
cd "$root"

require_swift
if [ "${BREATH_TEST_PICTURES:-}" = 1 ]; then test_packages+=("${picture_packages[@]}"); fi
require_packages "${test_packages[@]}"
require_network
say "Building (the first time takes 10 to 25 minutes) …"
build_all --build-tests

# What tests and SwiftPM leave behind is in a folder of this run, which stays only when something failed. A test that
# leaves something has failed too: without this folder it would be there for ever.
TMPDIR=$(mktemp -d)
chmod 0711 "$TMPDIR"
export TMPDIR
log=$TMPDIR/log
finish() {
  local code=$? left
  if [ $code = 0 ]; then
    left=$(what_is_left)
    if [ -n "$left" ]; then
      say "These tests passed and left behind:" "$left" >&2
      code=1
    fi
  fi
  if [ $code = 0 ]; then rm -rf --one-file-system "$TMPDIR"; else say "What the tests left behind is in $TMPDIR." >&2; fi
  exit $code
}

# Not ours: SwiftPM locks what it works on by files that it keeps, and keeps an empty folder for each run of a test bundle;
# the compiler's macros may leave their expansions for a debugger. The log is this script's.
what_is_left() {
  find "$TMPDIR" -mindepth 1 -maxdepth 1 ! -path "$log" ! -name '_*.lock' ! -name 'TemporaryDirectory.*' \
    ! -name swift-generated-sources -printf '  %f\n' | sort | head -n 40
}
trap finish EXIT

# A test that waits for ever must not take everybody's day; who names some knows how long they take.
limit=()
[ $# != 0 ] || limit=(timeout --verbose 2400)

# What failed stands last once more: among thousands of lines it is not found.
run_tests() {
  "${limit[@]}" scripts/with-database.sh swift test -c release --skip-build "$@" 2>&1 | tee "$log" && return
  say '' "What failed:"
  grep -aE '✘|↳ |Fatal error|signal code' "$log" | grep -av 'Testing Library Version\|Target Platform' | tail -n 60
  return 1
}

if [ $# != 0 ]; then
  run_tests "$@"
  exit
fi

# The test runner has a thread a processor for everything. So what waits while its thread does (for a process, for
# PostgreSQL) starves what only awaits, and whoever measures a deadline then measures the others:
# the gateway's tests run by themselves.
gateway='^GatewayTests'
# What kills, fills and floods comes after what looks at single answers: it would starve it. So does maintenance, which
# works on everybody's rows: it would remove what other tests had aged, and find what they age between its two runs.
heavy='ReliabilityTests|CrashTests|MaintenanceTests'
run_tests --filter "$gateway"
run_tests --skip "$gateway|$heavy"
run_tests --filter "$heavy"
