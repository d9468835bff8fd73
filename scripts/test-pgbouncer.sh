#!/bin/bash
# Every test, with PgBouncer in transaction mode between the functions and PostgreSQL. Arguments go to 'swift test'.
set -euo pipefail
# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=scripts/tools.sh
. "$root/scripts/tools.sh"

PATH=$PATH:/usr/sbin
require_packages pgbouncer:pgbouncer
export BREATH_TEST_POOLER=pgbouncer
exec "$root/scripts/test.sh" "$@"
