# shellcheck shell=bash
# Swift and Debian's packages: checked, and installed where that is allowed. Sourced, not run.

# jwt-kit and hummingbird need it.
swift_major_min=6 swift_minor_min=2

require_swift() {
  local version major minor
  command -v swift >/dev/null ||
    fail "Swift is missing: install $swift_major_min.$swift_minor_min or newer (https://www.swift.org/install)"
  version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\)\.\([0-9]*\).*/\1 \2/p' | head -n 1)
  read -r major minor <<<"$version" || true
  if [ -z "${minor:-}" ]; then fail "cannot tell the version of $(command -v swift): run 'swift --version' and see"; fi
  if ((major < swift_major_min || (major == swift_major_min && minor < swift_minor_min))); then
    fail "Swift $major.$minor is too old: install $swift_major_min.$swift_minor_min or newer (https://www.swift.org/install)"
  fi
}

# What the tests need beside: a certificate's maker, a mail server, HTTP clients, and what photographs the pictures. DejaVu is the font
# they are photographed in, the same everywhere: its letters are what the pictures are measured for.
# shellcheck disable=SC2034  # for those who source this
test_packages=(
  openssl:openssl python3:python3 aiosmtpd:python3-aiosmtpd ab:apache2-utils wget:wget
  /usr/lib/python3/dist-packages/httpx:python3-httpx chromium:chromium xmllint:libxml2-utils
  /usr/lib/python3/dist-packages/PIL:python3-pil
  /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf:fonts-dejavu-core
)

is_there() {
  case $1 in
    /*) [ -e "$1" ] ;;
    *) command -v "$1" >/dev/null ;;
  esac
}

# What is not there of the packages everything needs, and of those named as COMMAND:PACKAGE or FILE:PACKAGE.
missing_packages() {
  local extra
  command -v pkg-config >/dev/null || printf ' pkg-config'
  if ! pkg-config --exists libpq 2>/dev/null; then printf ' libpq-dev'; fi
  if ! postgres_bin >/dev/null || ! command -v psql >/dev/null; then printf ' postgresql'; fi
  command -v curl >/dev/null || printf ' curl'
  for extra in "$@"; do is_there "${extra%%:*}" || printf ' %s' "${extra##*:}"; done
}

require_packages() {
  local missing as_root=()
  missing=$(missing_packages "$@")
  [ -n "$missing" ] || return 0
  command -v apt-get >/dev/null || fail "missing:$missing: install what your system calls these Debian packages"
  if [ "$(id -u)" != 0 ]; then
    as_root=(sudo)
    sudo -n true 2>/dev/null ||
      fail "missing packages: run 'sudo apt-get update && sudo apt-get install -y$missing', then start again"
  fi
  say "Installing$missing …"
  install_packages "$missing" || fail "could not install$missing: run 'apt-get install$missing' and see why"
}

# Debian starts a cluster of its own with PostgreSQL, and a service with PgBouncer; nobody asked for them, so they are
# told not to, now and after the next boot.
install_packages() {
  local conf=/etc/postgresql-common/createcluster.d/breath-master-sync.conf result=0
  "${as_root[@]}" mkdir -p "$(dirname "$conf")"
  printf 'create_main_cluster = false\n' | "${as_root[@]}" tee "$conf" >/dev/null
  "${as_root[@]}" apt-get update -q >/dev/null || true
  # shellcheck disable=SC2086  # a list
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -yq --no-install-recommends $1 >/dev/null || result=1
  "${as_root[@]}" rm -f "$conf"
  case " $1 " in *' pgbouncer '*) stop_service pgbouncer ;; esac
  return $result
}

stop_service() {
  if [ -d /run/systemd/system ]; then
    "${as_root[@]}" systemctl disable --now "$1" >/dev/null 2>&1 || true
    return
  fi
  if [ -x "/etc/init.d/$1" ]; then "${as_root[@]}" "/etc/init.d/$1" stop >/dev/null 2>&1 || true; fi
  if command -v update-rc.d >/dev/null; then "${as_root[@]}" update-rc.d "$1" disable >/dev/null 2>&1 || true; fi
}
