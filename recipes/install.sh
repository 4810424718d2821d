#!/bin/sh
# Installs Holdfast from the checkout that this file is in: `install.sh FOLDER` makes a virtual environment there.
# Every library comes with the hash that stands in runtime.lock. PYTHON names another interpreter than python3.
set -eu
folder=${1:?"name a folder: install.sh FOLDER"}
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)

"${PYTHON:-python3}" -m venv --clear "$folder"
install() { "$folder/bin/python" -m pip install --quiet --no-cache-dir --disable-pip-version-check "$@"; }
install --require-hashes --only-binary :all: --requirement "$here/runtime.lock"
install --no-deps --no-build-isolation "$here/.."
