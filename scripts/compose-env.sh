#!/bin/bash
# Writes the .env that compose.yaml reads: passwords and keys, each made here and now. An .env that is there is kept.
#
#   scripts/compose-env.sh [BREATH…]     BREATH runs the tool; without it, the image that the Dockerfile makes does
set -euo pipefail
# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"

file=${BREATH_ENV_FILE:-$root/.env}
[ ! -e "$file" ] || fail "$file is there already and stays: an existing database knows its passwords"
breath=("$@")
((${#breath[@]} > 0)) || breath=(docker run --rm --network none breath-master-sync)

roles=$("$root/scripts/functions.sh" roles)
keys=$("${breath[@]}" keys new) || fail "'${breath[*]} keys new' gave no keys: build the image first (see docs/operations.md)"
password=$(random_hex 24)
umask 077
{
  say "# Made by scripts/compose-env.sh for compose.yaml. Keep it: the database knows these passwords."
  say "POSTGRES_PASSWORD=$password"
  say "MIGRATE_DATABASE_URL=postgresql://postgres:$password@database/breath"
  for role in $roles; do
    say "DATABASE_URL_${role^^}=postgresql://breath_$role:$(random_hex 24)@database/breath"
  done
  say "$keys"
  say "BREATH_REFRESH_KEY=$(random_key)"
  say "BREATH_DATA_KEY=$(random_key)"
} >"$file.new"
mv "$file.new" "$file"
say "Wrote $file."
