#!/bin/bash
# Serves everything as `make run` does, with a stand-in for GitHub, and walks through sign-in with OAuth libraries that others
# wrote (Tests/Clients/OAuth/check.py): the device grant, refresh, GitHub, and our tokens by our JWKS.
#
#   PYTHON_PACKAGES   a folder with the packages of Tests/Clients/OAuth/requirements.txt;
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
install_libraries Tests/Clients/OAuth/requirements.txt 'Authlib and PyJWT'
start_git_hub
start_server
python3 Tests/Clients/OAuth/check.py "${url:?}"
