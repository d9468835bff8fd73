#!/bin/bash
# Measures the release build against a new PostgreSQL cluster. Arguments go to breath-bench.
set -euo pipefail
# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=scripts/tools.sh
. "$root/scripts/tools.sh"
cd "$root"

require_swift
require_packages openssl:openssl
# shellcheck disable=SC2119  # its arguments are not ours
build_all
exec scripts/with-database.sh .build/release/breath-bench "$@"
