#!/bin/bash
# Kills the whole PostgreSQL under load again and again, and looks whether anything acknowledged is lost or doubled.
#
#   scripts/crash.sh [PUSHES [SEED]]
#
# Prints the totals as one line of JSON, and adds it to the ledger (docs/reliability-ledger.jsonl, or BREATH_LEDGER).
set -euo pipefail
# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"

export BREATH_LEDGER=${BREATH_LEDGER:-$root/docs/reliability-ledger.jsonl}
export BREATH_CRASH_PUSHES=${1:-50000} BREATH_CRASH_SEED=${2:-}
exec "$root/scripts/test.sh" --filter 'CrashTests\.CrashTests'
