#!/bin/bash
# Walks through the Dockerfile without a container engine: the same packages in a clean Debian 12, the same files, the same
# user, a read-only root, the same commands, against a PostgreSQL of its own on 127.0.0.1. Prints a line a step; ends with 1 at
# the first that fails. Skips, with 0, only where a clean root file system cannot be made or entered.
#
#   BREATH_ROOT_BASE   a root file system that debootstrap made before, of bookworm; it is copied, not changed
set -euo pipefail
# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=scripts/tools.sh
. "$root/scripts/tools.sh"
# shellcheck source=scripts/database.sh
. "$root/scripts/database.sh"
cd "$root"

functions=$(scripts/functions.sh)
mapfile -t products <<<"$functions"$'\n'"breath"
build=.build-bundle
mirror=${DEBIAN_MIRROR:-http://deb.debian.org/debian}
server='' image='' dir=''

step() { printf 'ok    %s\n' "$*"; }
skip() {
  say "skipped: $*"
  exit 0
}

finish() {
  local code=$?
  trap '' INT TERM
  trap - EXIT
  [ -z "$server" ] || kill -KILL "$server" 2>/dev/null || true
  if [ -n "$dir" ]; then
    scripts/postgres.sh stop "$dir/database" || code=1
    rm -rf --one-file-system "$dir"
  fi
  exit $code
}

# What the Dockerfile says in its last stage.
#   said INSTRUCTION: its arguments, one instruction a line, continuation lines joined
said() {
  sed -e ':a' -e '/\\$/N; s/\\\n *//; ta' Dockerfile | awk -v name="$1" '/^FROM / { n = 0 } $1 == name { line[n++] = $0 } END {
    for (i = 0; i < n; i++) { sub("^" name " ", "", line[i]); print line[i] } }'
}

# Runs a command of the image as its user, in the image, whose root is read-only and whose /tmp is not. Only variables that
# are named reach it.
#   in_image [NAME=VALUE…] COMMAND…
# shellcheck disable=SC2016  # the inner shell's
in_image() {
  exec unshare --mount --propagation private sh -euc '
    image=$1 user=$2; shift 2
    mount --bind "$image" "$image"
    mount -t proc proc "$image/proc"
    mount -t tmpfs -o mode=1777,size=16m,nosuid,nodev tmpfs "$image/tmp"
    mount -o remount,bind,ro "$image"
    exec chroot "$image" setpriv --reuid="${user%:*}" --regid="${user#*:}" --clear-groups --no-new-privs \
      --bounding-set=-all --inh-caps=-all /usr/bin/env -C /app "$@"
  ' sh "$image" "$user" -i "PATH=/app/bin:/usr/bin:/bin" "PORT=$port" "$@"
}

make_root() {
  [ "$(id -u)" = 0 ] || skip "making a clean root file system takes root"
  unshare --mount true 2>/dev/null || skip "a mount namespace is not allowed here"
  image=$dir/image
  if [ -n "${BREATH_ROOT_BASE:-}" ]; then
    cp -a "$BREATH_ROOT_BASE" "$image"
  else
    command -v debootstrap >/dev/null || skip "debootstrap is not installed"
    debootstrap --variant=minbase bookworm "$image" "$mirror" >"$dir/debootstrap.log" 2>&1 ||
      skip "debootstrap failed ($(tail -n 1 "$dir/debootstrap.log"))"
  fi
  step "clean root file system: Debian $(cat "$image/etc/debian_version")"
}

install_packages_of_image() {
  local packages
  read -r -a packages < <(said RUN | sed -n 's/.*--no-install-recommends \([a-z0-9 -]*\) &&.*/\1/p')
  ((${#packages[@]} > 0)) || fail "cannot read the packages of the Dockerfile's last stage"
  cp /etc/resolv.conf "$image/etc/resolv.conf"
  chroot "$image" sh -c 'apt-get update && apt-get install -y --no-install-recommends "$@"' sh "${packages[@]}" \
    >"$dir/apt.log" 2>&1 || explain_failure "installing ${packages[*]}" "$dir/apt.log" "$dir"
  step "packages: ${packages[*]}"
}

copy_files() {
  local line words name missing
  install -d "$image/app/bin"
  while read -r line; do
    read -r -a words <<<"$line"
    case ${words[0]} in
    --from=build)
      for name in "${products[@]}"; do install --strip "$build/release/$name" "$image${words[2]}/$name"; done
      ;;
    *) cp -R "${words[0]}" "$image${words[1]}" ;;
    esac
  done < <(said COPY)
  step "files: $(du -sm "$image/app" | cut -f 1) MB in /app, $(du -sm --exclude=proc "$image" | cut -f 1) MB in all"
  for name in "$image"/app/bin/*; do
    missing=$(chroot "$image" ldd "/app/bin/$(basename "$name")" 2>/dev/null | grep 'not found' || true)
    [ -z "$missing" ] || fail "$(basename "$name") misses in the image: $missing"
  done
  step "every library is in the image"
}

start_server() {
  local command
  read -r -a command < <(said CMD | tr -d '[],"')
  in_image "${database[@]}" "BREATH_JWKS=$BREATH_JWKS" "BREATH_SIGNING_KEY=$BREATH_SIGNING_KEY" \
    "BREATH_REFRESH_KEY=$BREATH_REFRESH_KEY" "BREATH_DATA_KEY=$BREATH_DATA_KEY" \
    breath "${command[@]}" >"$dir/server.log" 2>&1 &
  server=$!
  for _ in {1..150}; do
    kill -0 "$server" 2>/dev/null || explain_failure "starting the server" "$dir/server.log" "$dir"
    grep -q "listens at" "$dir/server.log" && break
    sleep 0.1
  done
  step "breath ${command[*]}: $(head -n 1 "$dir/server.log")"
}

# Who it is and what it may, from outside.
check_confinement() {
  local status=/proc/$server/status
  [ "$(awk '$1 == "Uid:" { print $2 }' "$status")" = "${user%:*}" ] || fail "the server does not run as $user"
  [ "$(awk '$1 == "CapEff:" { print $2 }' "$status")" = 0000000000000000 ] || fail "the server has capabilities"
  awk '$5 == "/" { print $6 }' "/proc/$server/mountinfo" | grep -qE '^ro(,|$)' || fail "the server's root is not read-only"
  if (in_image sh -c 'touch /app/x /x') 2>/dev/null; then fail "the root of the image can be written"; fi
  step "user $user, no capabilities, read-only root"
}

answers() {
  local path=$1 status
  status=$(curl --silent --output "$dir/answer" --max-time 10 --write-out '%{http_code}' "http://127.0.0.1:$port$path") || true
  [ "$status" = 200 ] || fail "GET $path answered $status: $(cat "$dir/answer") $(tail -n 3 "$dir/server.log")"
  step "GET $path: 200 $(cat "$dir/answer")"
}

stop_server() {
  local code=0
  kill -s "$(said STOPSIGNAL)" "$server"
  wait "$server" || code=$?
  server=''
  ((code == 0)) || fail "the server ended with $code after $(said STOPSIGNAL)"
  step "$(said STOPSIGNAL): ended by itself with 0"
}

trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
dir=$(mktemp -d)
chmod 0711 "$dir"
user=$(said USER) port=$(free_port)

make_root
install_packages_of_image
say "Building (the first time takes 8 to 16 minutes; $build.log has what it says) …"
for name in "${products[@]}"; do
  swift build "${swift_flags[@]}" --static-swift-stdlib --scratch-path "$build" --product "$name" >"$build.log" 2>&1 ||
    explain_failure "the build of $name" "$build.log" "$dir"
done
step "release build with a static standard library"
copy_files

breath=$root/$build/release/breath
facts=$(scripts/postgres.sh start "$dir/database" 2>/dev/null) || fail "PostgreSQL did not start"
eval "$facts"
place=127.0.0.1:$BREATH_PG_PORT
database=("MIGRATE_DATABASE_URL=postgresql://postgres:$BREATH_PG_PASSWORD@$place/postgres")
for role in "${roles[@]}"; do
  database+=("DATABASE_URL_${role^^}=postgresql://breath_$role:$(random_hex 24)@$place/postgres")
done
make_keys
(in_image "${database[@]}" breath migrate) >"$dir/migrate.log" 2>&1 || explain_failure "breath migrate" "$dir/migrate.log" "$dir"
step "breath migrate: $(tail -n 1 "$dir/migrate.log")"
(in_image "${database[@]}" breath roles) >"$dir/roles.log" 2>&1 || explain_failure "breath roles" "$dir/roles.log" "$dir"
step "breath roles: $(tail -n 1 "$dir/roles.log")"

start_server
check_confinement
answers /v1/admin/healthz
answers /v1/admin/readyz
(in_image healthcheck) || fail "the image's own health check says no"
step "the image's own health check"
scripts/smoke.sh "http://127.0.0.1:$port" 3 >"$dir/smoke.log" || fail "see above"
step "$(tail -n 1 "$dir/smoke.log")"
stop_server
if (in_image healthcheck) 2>/dev/null; then fail "the health check is content with a server that is gone"; fi
step "the health check notices that it is gone"
say "The container would work."
