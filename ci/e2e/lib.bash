# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Sourced by the end-to-end tests. PLIMSOLL_BUILD is the build folder, PLIMSOLL_IMAGES what
# ci/images made. Each test prints "ok - NAME", "not ok - NAME" or "skip - NAME # REASON".
set -uo pipefail
: "${PLIMSOLL_BUILD:?is the build folder}" "${PLIMSOLL_IMAGES:?is what ci/images printed}"
plimsoll=$PLIMSOLL_BUILD/bin/plimsoll
tests=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
chmod 755 "$work"
trap 'rm -rf "$work"' EXIT
export XDG_CACHE_HOME=$work/cache
unset PLIMSOLL_MATRIX PLIMSOLL_CHECK PLIMSOLL_FLAVOR
cd "$work" || exit 1 # no plimsoll.yaml here

ok() { echo "ok - $1"; }
not_ok() { echo "not ok - $1"; [ $# -lt 2 ] || sed 's/^/    /' <<<"$2"; }
skip() { echo "skip - $1 # $2"; }

# expect_exit CODE NAME COMMAND...: output goes to $work/out and $work/err
expect_exit() {
  local want=$1 name=$2 got=0
  shift 2
  "$@" >"$work/out" 2>"$work/err" </dev/null || got=$?
  if [ "$got" = "$want" ]; then ok "$name"; else
    not_ok "$name" "exit $got, expected $want: $*
$(tail -15 "$work/err")
$(tail -40 "$work/out")"
  fi
}

# expect_text PATTERN NAME FILE: an extended regular expression
expect_text() {
  if grep -Eq -- "$1" "$3"; then ok "$2"; else not_ok "$2" "no /$1/ in: $(head -c 2000 "$3")"; fi
}

# expect_equal A B NAME
expect_equal() {
  if [ "$1" = "$2" ]; then ok "$3"; else not_ok "$3" "$(diff <(echo "$1") <(echo "$2") | head -20)"; fi
}

# expect_json QUERY NAME FILE: jq -e; QUERY must be true
expect_json() {
  if jq -e "$1" "$3" >/dev/null; then ok "$2"; else not_ok "$2" "not $1: $(jq -c .summary "$3" 2>&1)"; fi
}

# value_of RESULTS FLAVOR CHECK: "status value" of the observation, one a line
value_of() {
  jq -r -n --arg flavor "$2" --arg check "$3" '
    reduce inputs as $l ({cells: {}, out: []};
      if $l.type == "cell" then .cells[$l.cell | tostring] = $l.flavor
      elif $l.type == "observation" and $l.check == $check and .cells[$l.cell | tostring] == $flavor
      then .out += [$l.status + " " + $l.value] else . end) | .out[]' "$1"
}

# unpack TAR DIR
unpack() { mkdir -p "$2" && tar -xf "$1" -C "$2"; }

# put_blob LAYOUT FILE: its digest
put_blob() {
  local sum
  sum=$(sha256sum "$2" | cut -d ' ' -f 1)
  cp "$2" "$1/blobs/sha256/$sum"
  echo "sha256:$sum"
}

# layout DIR LAYER.tar...: an OCI layout, tag latest, of these layers, each packed as the environment
# variable PACK says (default: gzip -1), or as it is in LAYER.tar.packed
layout() {
  local dir=$1 layers=() diffs=() tar config manifest
  local pack=${PACK:-gzip -n -1}
  shift
  mkdir -p "$dir/blobs/sha256"
  echo '{"imageLayoutVersion":"1.0.0"}' >"$dir/oci-layout"
  for tar; do
    [ -e "$tar.packed" ] || $pack <"$tar" >"$tar.packed"
    layers+=("{\"mediaType\":\"application/vnd.oci.image.layer.v1.tar+gzip\",\"digest\":\"$(put_blob "$dir" "$tar.packed")\",\"size\":$(stat -c %s "$tar.packed")}")
    diffs+=("\"sha256:$(sha256sum "$tar" | cut -d ' ' -f 1)\"")
    rm "$tar.packed"
  done
  echo "{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[$(IFS=, && echo "${diffs[*]}")]}}" >"$dir/config"
  config=$(put_blob "$dir" "$dir/config")
  echo "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"config\":{\"mediaType\":\"application/vnd.oci.image.config.v1+json\",\"digest\":\"$config\",\"size\":$(stat -c %s "$dir/config")},\"layers\":[$(IFS=, && echo "${layers[*]}")]}" >"$dir/manifest"
  manifest=$(put_blob "$dir" "$dir/manifest")
  echo "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"digest\":\"$manifest\",\"size\":$(stat -c %s "$dir/manifest"),\"platform\":{\"architecture\":\"amd64\",\"os\":\"linux\"},\"annotations\":{\"org.opencontainers.image.ref.name\":\"latest\"}}]}" >"$dir/index.json"
  rm "$dir/config" "$dir/manifest"
}

# expect_no_root NAME CACHE: nothing was published there, and nothing half-done is left
expect_no_root() {
  expect_equal "$(find "$2/roots" "$2/work" "$2/lock" -mindepth 1 ! -name sha256 2>&1)" "" "$1: the store is empty"
}

# unprivileged COMMAND...: as a user without any capability, in a cache of its own
unprivileged() {
  mkdir -p "$work/home" && chown 65534:65534 "$work/home"
  env HOME="$work/home" XDG_CACHE_HOME="$work/home/cache" TMPDIR=/tmp \
    setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all --bounding-set=-all \
    --no-new-privs "$@"
}

# cells_left: how many cells of this test there are, once they have had time to go
cells_left() {
  local n=0 i
  for i in {1..50}; do
    n=$(pgrep -fc "plimsoll-cell --root $work" || true)
    [ "$n" != 0 ] || break
    sleep 0.1
  done
  echo "$n"
}

# alpine VERSION ARCH: paths of the archives ("*": any); none when the folder of real images is absent
alpine() { compgen -G "$tests/../../../shared/images/alpine-minirootfs-$1-$2.tar.gz"; }
