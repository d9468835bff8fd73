# shellcheck shell=bash
# Swift and Debian's packages: checked, and installed where that is allowed. Sourced, not run; after common.sh.

# jwt-kit and hummingbird need it.
swift_major_min=6 swift_minor_min=2

# Its driver leaves a temporary folder behind.
swift_version() {
  local scratch
  scratch=$(mktemp -d)
  TMPDIR=$scratch swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\.[0-9.]*[0-9]\).*/\1/p' | head -n 1
  rm -rf "$scratch"
}

# What keeps Swift from being used here, and what to do; nothing when nothing does.
swift_problem() {
  local version major minor install="install $swift_major_min.$swift_minor_min or newer (https://www.swift.org/install)"
  command -v swift >/dev/null || {
    say "Swift is missing: $install"
    return
  }
  version=$(swift_version)
  IFS=. read -r major minor _ <<<"$version" || true
  if [ -z "${minor:-}" ]; then
    say "cannot tell the version of $(command -v swift): run 'swift --version' and see"
  elif ((major < swift_major_min || (major == swift_major_min && minor < swift_minor_min))); then
    say "Swift $major.$minor is too old: $install"
  fi
}

require_swift() {
  local problem
  problem=$(swift_problem)
  [ -z "$problem" ] || fail "$problem"
}

# What the tests need beside: a certificate's maker, a mail server, and HTTP clients that others wrote.
# shellcheck disable=SC2034  # for those who source this
test_packages=(
  openssl:openssl python3:python3 aiosmtpd:python3-aiosmtpd xmllint:libxml2-utils ab:apache2-utils wget:wget
  /usr/lib/python3/dist-packages/httpx:python3-httpx
)

# What photographs the pictures: 700 MB, so only where it is asked for, as in CI. DejaVu is the font they are photographed
# in, the same everywhere: its letters are what the pictures are measured for.
# shellcheck disable=SC2034
picture_packages=(
  chromium:chromium /usr/lib/python3/dist-packages/PIL:python3-pil
  /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf:fonts-dejavu-core
)

is_there() {
  case $1 in
    /*) [ -e "$1" ] ;;
    libpq) pkg-config --exists libpq 2>/dev/null ;;
    postgres) postgres_bin >/dev/null && command -v psql >/dev/null ;;
    *) command -v "$1" >/dev/null ;;
  esac
}

# What compiles and what runs need. Executables that somebody else built need only the second.
# shellcheck disable=SC2034  # for those who source this
build_packages=(pkg-config:pkg-config libpq:libpq-dev)
run_packages=(postgres:postgresql curl:curl)

# What `make lint` needs of Debian.
# shellcheck disable=SC2034
lint_packages=(python3:python3 shellcheck:shellcheck git:git)

# What is not there of those named as COMMAND:PACKAGE or FILE:PACKAGE.
missing_packages() {
  local pair
  for pair in "$@"; do is_there "${pair%%:*}" || printf ' %s' "${pair##*:}"; done
}

# Fails, or installs what is missing: what everything needs, and what is named as COMMAND:PACKAGE or FILE:PACKAGE.
require_packages() { require_only "${build_packages[@]}" "${run_packages[@]}" "$@"; }

require_only() {
  local missing sudo=''
  missing=$(missing_packages "$@")
  [ -n "$missing" ] || return 0
  command -v apt-get >/dev/null || fail "missing:$missing: install what your system calls these Debian packages"
  if [ "$(id -u)" = 0 ]; then
    # shellcheck disable=SC2086  # a list
    "${root:?}/scripts/packages.sh" $missing || exit 1
  elif command -v sudo >/dev/null; then
    # shellcheck disable=SC2086
    if sudo -n true 2>/dev/null; then sudo "$root/scripts/packages.sh" $missing || exit 1; else sudo='sudo '; fi
  else
    fail "missing packages: run this as root, then start again: scripts/packages.sh$missing"
  fi
  [ -z "$sudo" ] || fail "missing packages: run this, then start again: ${sudo}scripts/packages.sh$missing"
}

# Makes a folder with the Python packages that a file lists, from PyPI.
#   make_venv FOLDER REQUIREMENTS LOG
make_venv() {
  # Debian has it in a package without a command of its own.
  python3 -c 'import ensurepip' 2>/dev/null || require_only python3-venv:python3-venv
  if ! { python3 -m venv "$1" && "$1/bin/pip" install -q --disable-pip-version-check -r "$2"; } >"$3" 2>&1; then
    explain_failure "installing from PyPI what $(shown "$2") lists" "$3" "$1"
  fi
}

# One build folder and the same flags for all that is run here, so that after one script another compiles nothing: a build
# with another flag begins anew, and a terminal's colours are one.
any_swift_flags=(--no-color-diagnostics --explicit-target-dependency-import-check error)
# Once the versions of the dependencies are committed, nothing else is built anywhere.
if git -C "$root" ls-files --error-unmatch Package.resolved >/dev/null 2>&1; then
  any_swift_flags+=(--only-use-versions-from-resolved-file)
fi
# shellcheck disable=SC2034  # for those who source this
swift_flags=(-c release "${any_swift_flags[@]}")

# Newer than the sources when what 'make run' serves is built of them.
built_mark=$root/.build/release/.built

# Builds all executables, and with --build-tests the tests too.
build_all() {
  forget_moved_build
  swift build "${swift_flags[@]}" "$@" || explain_failure "the build" /dev/null "$root"
  touch "$built_mark"
}

# What the compiler keeps of headers names the folder it was made in: after a move it is in the way.
forget_moved_build() {
  [ -d "$root/.build" ] || return 0
  if [ -f "$root/.build/.root" ] && [ "$(cat "$root/.build/.root")" != "$root" ]; then
    say "The checkout was moved: its module cache is made anew."
    rm -rf "$root"/.build/*/*/ModuleCache
  fi
  printf '%s\n' "$root" >"$root/.build/.root"
}

# The first build fetches its dependencies; git knows of mirrors and proxies.
require_network() {
  local said
  [ ! -f "$root/.build/workspace-state.json" ] || return 0
  if ! said=$(GIT_TERMINAL_PROMPT=0 timeout 30 git ls-remote --quiet https://github.com/apple/swift-log HEAD 2>&1 >/dev/null); then
    fail "the first build fetches about 100 MB from github.com, which cannot be reached: $(printf '%s' "${said:-no answer}" | tail -n 1)"
  fi
}
