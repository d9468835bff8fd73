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
[ $# = 0 ] || exec scripts/with-database.sh swift test -c release --skip-build "$@"

# What kills, fills and floods comes after what looks at single answers: it would starve it. So does maintenance, which
# works on everybody's rows: it would remove what other tests had aged, and find what they age between its two runs.
heavy='ReliabilityTests|CrashTests|MaintenanceTests'
scripts/with-database.sh swift test -c release --skip-build --skip "$heavy"
exec scripts/with-database.sh swift test -c release --skip-build --filter "$heavy"
