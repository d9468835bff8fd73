#!/bin/bash
# Builds once, in release configuration, and runs every test against a new PostgreSQL cluster of its own.
# Arguments go to 'swift test', such as --filter PushTests.
set -euo pipefail
# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=scripts/tools.sh
. "$root/scripts/tools.sh"
cd "$root"

require_swift
require_packages "${test_packages[@]}"
say "Building (the first time takes some minutes) …"
swift build -c release --build-tests --explicit-target-dependency-import-check error ||
  explain_failure "the build" /dev/null "$root"

log=$(mktemp)
trap 'rm -f "$log"' EXIT

# What failed stands last once more: among thousands of lines it is not found.
run_tests() {
  scripts/with-database.sh swift test -c release --skip-build "$@" 2>&1 | tee "$log" && return
  say '' "What failed:"
  grep -aE '✘|↳ |Fatal error|signal code' "$log" | grep -av 'Testing Library Version\|Target Platform' | tail -n 60
  return 1
}

if [ $# != 0 ]; then
  run_tests "$@"
  exit
fi

# What kills, fills and floods comes after what looks at single answers: it would starve it. So does maintenance, which
# works on everybody's rows: it would remove what other tests had aged, and find what they age between its two runs.
heavy='ReliabilityTests|CrashTests|MaintenanceTests'
run_tests --skip "$heavy"
run_tests --filter "$heavy"
