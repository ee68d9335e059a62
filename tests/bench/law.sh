#!/bin/sh
# The time of one legal check, without reading and without a node.
#   law.sh BUILD-FOLDER
set -eu
facts=$(dirname "$0")/../vectors/law
"$1/tests/bench/law" "$facts/accept/kind-category~stored.facts" "$facts/refuse/persecution~always.facts" "$facts/refuse/pd-law~arland.facts"
