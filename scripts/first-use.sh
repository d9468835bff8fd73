#!/bin/bash
# Meets the project as somebody does who has just installed Debian: a fresh Debian 12, the packages that swift.org names, a
# clone, and the README's two commands, word for word. Prints what each step took: wall time, processor time, disk, and the
# last of what it said.
#
#   scripts/first-use.sh [--as root] [--test]
#     --as root   as root, for whom missing packages are installed; otherwise as a user without sudo, who is told how
#     --test      'make test' as well, after 'make run'
#
#   BREATH_ROOT_BASE   a bookworm root file system that debootstrap made before; it is copied, not changed
#
# The Swift toolchain of this machine is lent to the new one, and so is what git here is told about addresses
# (url.….insteadOf), with the folders it leads to. Needs root, for debootstrap and chroot.
set -euo pipefail
# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"
cd "$root"

person=ana tests='' mirror=${DEBIAN_MIRROR:-http://deb.debian.org/debian} port=${PORT:-8787}
while [ $# -gt 0 ]; do
  case $1 in
  --as) person=$2 && shift 2 ;;
  --test) tests=yes && shift ;;
  *) fail "usage: scripts/first-use.sh [--as root] [--test]" ;;
  esac
done
# What https://www.swift.org/install/linux/debian/12 asks for.
swift_packages=(
  binutils gcc git libcurl4-openssl-dev libedit-dev libicu-dev libncurses-dev libpython3-dev libsqlite3-dev libstdc++-12-dev
  libxml2-dev pkg-config tzdata uuid-dev
)

[ "$(id -u)" = 0 ] || fail "making and entering a root file system takes root: run it as root"
command -v swift >/dev/null || fail "Swift is missing: it is lent to the new machine"
dir=$(mktemp -d) image=''
finish() {
  local code=$?
  trap - EXIT
  rm -rf --one-file-system "$dir"
  exit $code
}
trap finish EXIT
trap 'exit 130' INT TERM

# A step, with its times. What it prints goes to a file that is shown in part.
#   took WHAT COMMAND…
took() {
  local what=$1 code=0 log=$dir/step.log TIMEFORMAT='%R %U %S'
  shift
  [ ! -f "$log" ] || mv "$log" "$dir/step-before.log"
  { time "$@" >"$log" 2>&1 || code=$?; } 2>"$dir/time"
  awk -v what="$what" -v code="$code" \
    '{ printf "%-44s %7.1f s   processor %7.1f s   exit %d\n", what, $1, $2 + $3, code }' "$dir/time"
  { grep -av '^\[[0-9]*/[0-9]*\]' "$log" || true; } | tail -n 12 | sed 's/^/    /'
  return 0
}

# Runs a command on the new machine as the person, in processes of its own that end with it.
on_machine() {
  # shellcheck disable=SC2016  # the inner shell's
  unshare --mount --pid --fork --kill-child --propagation private bash -euc '
    image=$1 person=$2; shift 2
    mount -t proc proc "$image/proc"
    mount --bind /dev "$image/dev"
    while read -r place; do
      mkdir -p "$image$place"
      mount --bind -o ro "$place" "$image$place"
    done <"$image/lent"
    exec chroot "$image" setpriv --reuid="$person" --regid="$person" --init-groups --reset-env \
      env "PATH=$(cat "$image/swift-path"):/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin" LANG=C.UTF-8 "$@"
  ' bash "$image" "$person" "$@"
}
as_root_there() { person=root on_machine "$@"; }

make_machine() {
  image=$dir/machine
  if [ -n "${BREATH_ROOT_BASE:-}" ]; then
    cp -a "$BREATH_ROOT_BASE" "$image"
  else
    command -v debootstrap >/dev/null || apt-get install -yq --no-install-recommends debootstrap >/dev/null
    debootstrap --variant=minbase bookworm "$image" "$mirror"
  fi
  cp /etc/resolv.conf "$image/etc/resolv.conf"
  echo '127.0.0.1 localhost' >"$image/etc/hosts"
  lend
  [ "$person" = root ] || chroot "$image" useradd --create-home --shell /bin/bash "$person"
  home=$([ "$person" = root ] && echo /root || echo "/home/$person")
}

lend() {
  local toolchain
  toolchain=$(dirname "$(dirname "$(dirname "$(readlink -f "$(command -v swift)")")")")
  dirname "$(readlink -f "$(command -v swift)")" >"$image/swift-path"
  {
    printf '%s\n' "$toolchain" "$root/.git"
    git config --get-regexp '^url\..*\.insteadof$' | sed -n 's,^url\.\(/.*\)\.insteadof .*,\1,p' | sort -u
  } >"$image/lent"
  git config --get-regexp '^url\..*\.insteadof$' | while read -r name value; do
    git config --file "$image/etc/gitconfig" --add "$name" "$value"
  done
  git config --file "$image/etc/gitconfig" --add safe.directory '*'
}

install_swift_packages() {
  as_root_there apt-get update &&
    as_root_there env DEBIAN_FRONTEND=noninteractive apt-get install -yq git make "${swift_packages[@]}"
}

megabytes() { du -sm --one-file-system "$1" 2>/dev/null | cut -f 1; }

# 'make run' until it says that it is ready; then it is stopped as Ctrl-C would.
run_until_ready() {
  # shellcheck disable=SC2016  # the inner shell's
  on_machine bash -c '
    cd ~/breath-master-sync
    setsid make run & make=$!
    for ((waited = 0; waited < 36000; waited++)); do
      kill -0 $make 2>/dev/null || { wait $make; exit; }
      [ "$(curl -s -o /dev/null -m 5 -w "%{http_code}" "http://127.0.0.1:$0/v1/admin/readyz" 2>/dev/null)" = 200 ] && break
      sleep 0.1
    done
    sleep 2
    kill -INT -- -$make
    wait $make
  ' "$port"
}

# The command that 'make run' names for what is missing, as whoever may run it.
install_what_it_names() {
  local command
  command=$(sed -n 's/.*run this as root, then start again: //p' "$dir/step-before.log" | head -n 1)
  [ -n "$command" ] || { say "it named no command" && return 1; }
  say "as root: $command"
  as_root_there env DEBIAN_FRONTEND=noninteractive bash -c "cd '$home/breath-master-sync' && $command"
}

took "a fresh Debian 12" make_machine
took "git, make and what swift.org names" install_swift_packages
say "    the machine has $(megabytes "$image") MB"
took "git clone" on_machine bash -c "cd && git clone -q '$root/.git' breath-master-sync"
if [ "$person" != root ]; then
  took "make run, with nothing installed" run_until_ready
  took "the command that it names" install_what_it_names
  say "    the machine has $(megabytes "$image") MB"
fi
took "make run, first" run_until_ready
say "    the checkout has $(megabytes "$image$home/breath-master-sync") MB, of it .local $(megabytes "$image$home/breath-master-sync/.local") MB"
took "make run, again" run_until_ready
if [ -n "$tests" ]; then
  took "make test" on_machine bash -c 'cd ~/breath-master-sync && make test'
  if [ "$person" != root ] && grep -q 'run this as root' "$dir/step.log"; then
    took "the command that it names" install_what_it_names
    took "make test, again" on_machine bash -c 'cd ~/breath-master-sync && make test'
  fi
fi
left=$(as_root_there bash -c 'ls /tmp | wc -l')
say "left in /tmp: $left"
