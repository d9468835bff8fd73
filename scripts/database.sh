# shellcheck shell=bash
# A migrated database in a private cluster, and the environment that leads to it. Sourced, not run; after common.sh.

# shellcheck disable=SC2154  # root is from common.sh
breath=${BREATH_BIN:-$root/.build/release}/breath
roles=$("$root/scripts/functions.sh" roles)
mapfile -t roles <<<"$roles"

# A value as a shell word.
quoted() { printf "'%s'" "$(printf '%s' "$1" | sed "s/'/'\\\\''/g")"; }

as_superuser() { PGOPTIONS='' psql -X -q -v ON_ERROR_STOP=1 -d "$1" -f -; }

# Starts the cluster of a folder, migrates its database and exports how to reach it: MIGRATE_DATABASE_URL for its
# superuser, DATABASE_URL_SYNC and so on for each function's role.
#   open_database DIR [PORT]
open_database() {
  local facts name role
  facts=$("$root/scripts/postgres.sh" start "$@") || exit 1
  eval "$facts"
  export MIGRATE_DATABASE_URL="postgresql://postgres:$BREATH_PG_PASSWORD@/breath?$BREATH_PG_PLACE"
  local maintenance="postgresql://postgres:$BREATH_PG_PASSWORD@/postgres?$BREATH_PG_PLACE"
  # shellcheck disable=SC2016  # \gexec runs what the query says
  as_superuser "$maintenance" <<<'SELECT $$CREATE DATABASE breath$$ WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = $$breath$$) \gexec' ||
    fail "cannot create the database: see the messages above"
  # Its last line says how many; the names of all are for those who look for one.
  "$breath" migrate | tail -n 1 || fail "the database could not be migrated: see the message above"
  for role in "${roles[@]}"; do
    name=BREATH_PASSWORD_${role^^}
    [ -n "${!name:-}" ] || printf -v "$name" '%s' "$(random_hex 24)"
    export "DATABASE_URL_${role^^}=postgresql://breath_$role:${!name}@/breath?$BREATH_PG_PLACE"
  done
  "$breath" roles >/dev/null || fail "cannot set the roles' passwords: see the message above"
}

# The functions' keys, made when there are none.
make_keys() {
  if [ -z "${BREATH_SIGNING_KEY:-}" ] || [ -z "${BREATH_JWKS:-}" ]; then
    local keys
    keys=$("$breath" keys new) || fail "'breath keys new' gave no keys: see the message above"
    eval "$keys"
  fi
  BREATH_REFRESH_KEY=${BREATH_REFRESH_KEY:-$(random_key)}
  BREATH_DATA_KEY=${BREATH_DATA_KEY:-$(random_key)}
  export BREATH_SIGNING_KEY BREATH_JWKS BREATH_REFRESH_KEY BREATH_DATA_KEY
}

# Keeps all of it in a file that only its owner may read, and that a shell can source.
save_environment() {
  local file=$1 name role
  local names=(MIGRATE_DATABASE_URL BREATH_SIGNING_KEY BREATH_JWKS BREATH_REFRESH_KEY BREATH_DATA_KEY)
  for role in "${roles[@]}"; do names+=("DATABASE_URL_${role^^}" "BREATH_PASSWORD_${role^^}"); done
  (
    umask 077
    for name in "${names[@]}"; do printf 'export %s=%s\n' "$name" "$(quoted "${!name}")"; done >"$file.new"
  ) && mv "$file.new" "$file"
}
