#!/bin/bash
# Opens psql in the database of `make run`, which has to be running. Arguments go to psql, such as -c 'SELECT 1'.
#
#   BREATH_DATA   the folder that `make run` was given (.local)
#
# As the cluster's superuser: row-level security shows nothing of anybody to the schema's owner, and to the functions'
# roles one account at a time.
set -euo pipefail
# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=scripts/tools.sh
. "$root/scripts/tools.sh"

require_only postgres:postgresql
data=${BREATH_DATA:-$root/.local}
[ -r "$data/env" ] || fail "there is no database in $(shown "$data") yet, or it is not yours: 'make run' makes one"
# shellcheck source=/dev/null
. "$data/env"
# Not among the arguments, which everybody can see.
PGPASSWORD=${MIGRATE_DATABASE_URL#postgresql://postgres:}
PGPASSWORD=${PGPASSWORD%%@*}
export PGPASSWORD PGOPTIONS='-c search_path=breath'
url=${MIGRATE_DATABASE_URL/":$PGPASSWORD@"/@}
psql -X -q -d "$url" -c '' 2>/dev/null ||
  fail "the database in $(shown "$data") does not answer: start 'make run' in another terminal, then again"
[ -t 0 ] && (($# == 0)) &&
  say "The superuser of the database in $(shown "$data"), whom row-level security does not stop. \\dt lists tables, \\q ends."
exec psql -d "$url" "$@"
