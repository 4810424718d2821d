#!/bin/sh
# One run as a gate of a pipeline; `holdfast` must be on PATH. All input comes by name from the environment, so that
# nothing of it is ever read as shell:
#   HOLDFAST_TARGET     the target file
#   HOLDFAST_OUT        folder for the reports, holdfast-report if not set
#   HOLDFAST_BASE_URL   where the target runs, if not where its file says
#   HOLDFAST_PROFILE    smoke or standard, the latter if not set
#   HOLDFAST_WAIT       seconds to wait for a target that is still starting
# It ends as `holdfast run` ends: 0 is the only code that lets a change pass.
set -eu
out=${HOLDFAST_OUT:-holdfast-report}

set -- run "${HOLDFAST_TARGET:?"set it to the path of your target file"}" --out "$out" --junitxml "$out/junit.xml"
if [ -n "${HOLDFAST_BASE_URL:-}" ]; then set -- "$@" --base-url "$HOLDFAST_BASE_URL"; fi
if [ -n "${HOLDFAST_PROFILE:-}" ]; then set -- "$@" --profile "$HOLDFAST_PROFILE"; fi
if [ -n "${HOLDFAST_WAIT:-}" ]; then set -- "$@" --wait "$HOLDFAST_WAIT"; fi
if [ "${GITHUB_ACTIONS:-}" = true ]; then set -- "$@" --github; fi
exec holdfast "$@"
