#!/bin/bash
# Serves everything as `make run` does, and reads a person's numbers with a client that others wrote for WakaTime and with
# lines of shell as people have them in their status bars (Tests/Clients/WakaTime).
#
#   PYTHON_PACKAGES   a folder with the packages of Tests/Clients/WakaTime/requirements.txt;
#                     otherwise they are installed from PyPI
set -euo pipefail
# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=scripts/tools.sh
. "$root/scripts/tools.sh"
cd "$root"

require_packages python3:python3
# shellcheck source=scripts/served.sh
. "$root/scripts/served.sh"
start_server
bash Tests/Clients/WakaTime/status-bars.sh "${url:?}"

if [ -n "${PYTHON_PACKAGES:-}" ]; then
  install_libraries Tests/Clients/WakaTime/requirements.txt wakatime-client
elif (install_libraries Tests/Clients/WakaTime/requirements.txt wakatime-client); then
  PATH=$dir/venv/bin:$PATH
else
  say 'SKIPPED: wakatime-client cannot be installed from PyPI, so only bash, base64 and curl were tried.'
  exit 0
fi
python3 Tests/Clients/WakaTime/check.py "$url"
