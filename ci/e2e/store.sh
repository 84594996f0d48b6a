#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The store outlives whatever befalls it: processes killed at fifty moments, two at once, damage,
# a full disk, no right to write.
# shellcheck source=ci/e2e/lib.bash
. "$(dirname "$0")/lib.bash"
moments=50
layout=oci:$PLIMSOLL_IMAGES/debian-12:latest
small=oci:$PLIMSOLL_IMAGES/musl-1.2.5:latest # soon unpacked: fifty moments are close to each other
now() { date +%s%N; }
pull() { "$plimsoll" pull "$@" --platform linux/amd64 -q; }
verify() { "$plimsoll" cache verify --cache "$1"; }
leftovers() { find "$1"/{work,lock} -mindepth 1; }

# kill_at_moments NAME REFERENCE: in a cache that is empty each time
kill_at_moments() {
  local name=$1 reference=$2 cache=$work/killed i begin took duration=9000000 pid bad=0 alive=0 roots
  for i in 1 2 3; do
    rm -rf "$cache"
    begin=$(now)
    pull "$reference" --cache "$cache" >out 2>err || not_ok "$name: pulled" "$(cat err)"
    took=$((($(now) - begin) / 1000))
    if [ "$took" -lt "$duration" ]; then duration=$took; fi
  done
  roots=$(ls "$cache/roots/sha256")
  for ((i = 1; i <= moments; i++)); do
    rm -rf "$cache"
    "$plimsoll" pull "$reference" --platform linux/amd64 -q --cache "$cache" >/dev/null 2>&1 &
    pid=$!
    sleep "$(printf '%d.%06d' $((duration * i / moments / 1000000)) $((duration * i / moments % 1000000)))"
    if kill -KILL "$pid" 2>/dev/null; then alive=$((alive + 1)); fi
    wait "$pid" 2>/dev/null
    if ! { [ ! -d "$cache/roots" ] || verify "$cache"; } >out 2>err ||
      ! pull "$reference" --cache "$cache" >out 2>err || ! verify "$cache" >out 2>err ||
      [ -n "$(leftovers "$cache")" ] || [ "$(ls "$cache/roots/sha256")" != "$roots" ]; then
      bad=$((bad + 1))
      not_ok "$name: killed at moment $i of $moments" "$(cat out err; leftovers "$cache")"
    fi
  done
  rm -rf "$cache"
  if [ "$bad" = 0 ]; then ok "$name: killed at $moments moments, the store verifies and the next run completes"; fi
  if [ "$alive" -ge $((moments / 3)) ]; then ok "$name: the kills came in time"; else not_ok "$name: the kills came in time" "$alive of $moments"; fi
}
kill_at_moments layout "$small"

# ---- two at once ----
both() { # REFERENCE CACHE
  local first second code=0
  pull "$1" --cache "$2" >one.out 2>one.err &
  first=$!
  pull "$1" --cache "$2" >two.out 2>two.err &
  second=$!
  wait $first || code=1
  wait $second || code=1
  return $code
}
expect_exit 0 "two processes at once" both "$layout" "$work/both"
expect_equal "$(cat one.out)" "$(cat two.out)" "they get the same root"
expect_exit 0 "what they made verifies" verify "$work/both"
expect_equal "$(leftovers "$work/both")" "" "neither lock nor work is left"

# ---- a registry ----
registry=$(command -v docker-registry || { [ -x "$tests/../registry" ] && "$tests/../registry" 2>/dev/null; })
if [ -n "$registry" ]; then
  port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  printf 'version: 0.1\nlog: {level: info, formatter: json, accesslog: {disabled: false}}\nstorage: {filesystem: {rootdirectory: %s}}\nhttp: {addr: "127.0.0.1:%d"}\n' "$work/registry" "$port" >registry.yml
  "$registry" serve registry.yml >registry.log 2>&1 &
  server=$!
  trap 'kill "$server" 2>/dev/null; rm -rf "$work"' EXIT
  for _ in {1..100}; do
    if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then break; fi
    sleep 0.1
  done
  skopeo copy -q --dest-tls-verify=false "$layout" "docker://127.0.0.1:$port/debian:12"
  export PLIMSOLL_TLS_VERIFY=false
  remote=docker://127.0.0.1:$port/debian:12
  skopeo copy -q --dest-tls-verify=false "$small" "docker://127.0.0.1:$port/musl:1"
  kill_at_moments registry "docker://127.0.0.1:$port/musl:1"
  : >registry.log
  expect_exit 0 "two processes pull at once" both "$remote" "$work/remote"
  expect_exit 0 "what they fetched verifies" verify "$work/remote"
  largest=$(find remote/blobs/sha256 -type f -printf '%s %f\n' | sort -n | tail -1 | cut -d' ' -f2)
  expect_equal "$(grep -c "GET /v2/debian/blobs/sha256:$largest" registry.log)" 1 "the layer is fetched once"

  spoil() { printf x | dd of="$1" bs=1 seek="$2" conv=notrunc status=none; }
  for place in 5 5000 $(($(stat -c %s "remote/blobs/sha256/$largest") - 3)); do
    rm -rf remote/roots/sha256/*
    spoil "remote/blobs/sha256/$largest" "$place"
    expect_exit 3 "a blob that is damaged at $place is found" verify "$work/remote"
    expect_text "damaged  blob sha256:$largest" "and named" out
    expect_exit 0 "and fetched again" pull "$remote" --cache "$work/remote"
    expect_text "blob sha256:$largest in the cache is damaged, and fetched again" "which is told" err
    expect_exit 0 "then all is well" verify "$work/remote"
  done
  rm -rf remote/roots/sha256/*
  truncate -s 1000 "remote/blobs/sha256/$largest"
  expect_exit 0 "a blob that is cut is fetched again" pull "$remote" --cache "$work/remote"
  cp -r remote offline
  rm -rf offline/roots/sha256/*
  spoil "offline/blobs/sha256/$largest" 5000
  expect_exit 3 "damaged and offline" pull "$remote" --offline --cache "$work/offline"
  expect_text "$largest" "the blob is named" err
else
  skip "a registry" "there is no docker-registry program"
fi

# ---- garbage in every file of the store ----
run() { "$plimsoll" run "${remote:-$layout}" --platform linux/amd64 --check entropy.rand.seq --cache "$work/garbage" --results "$work/$1.jsonl" -q; }
observed() { jq -c 'select(.type == "observation") | [.check, .status, .value]' "$1.jsonl"; }
expect_exit 0 "a run that fills the store" run before
find garbage -type f -not -path '*/rootfs/*' | while read -r file; do
  head -c 200 /dev/urandom >"$file"
done
expect_exit 3 "garbage is found" verify "$work/garbage"
cp -a garbage spoilt
expect_exit 0 "a run with garbage in every file" run after
expect_equal "$(observed after)" "$(observed before)" "it observes the same"
expect_exit 0 "garbage is removed" "$plimsoll" cache verify --repair --cache "$work/spoilt"
expect_equal "$(find spoilt -type f)" "" "nothing is left of it"
expect_exit 0 "and all is well" verify "$work/spoilt"

# ---- not ours, not writable, full ----
if [ "$(id -u)" = 0 ]; then
  mkdir foreign && chown 65534 foreign
  expect_exit 2 "a cache of somebody else" pull "$layout" --cache "$work/foreign"
  expect_text 'belongs to user 65534, not to you: give another one with --cache' "whose it is and what to do are told" err
  # shellcheck disable=SC2016 # expanded by the inner shell
  in_mounts() { unshare -m sh -c 'eval "$1" && shift && exec "$@"' sh "$@"; }
  expect_exit 0 "a cache that cannot be written to has what it has" in_mounts "mount --bind '$work/both' '$work/both' && mount -o remount,ro,bind '$work/both'" "$plimsoll" run "$layout" --platform linux/amd64 --check entropy.rand.seq --cache "$work/both" --results /dev/null -q
  expect_exit 3 "and gets no more" in_mounts "mount --bind '$work/both' '$work/both' && mount -o remount,ro,bind '$work/both'" "$plimsoll" pull "oci:$PLIMSOLL_IMAGES/musl-1.2.5" -q --cache "$work/both"
  expect_text 'Read-only file system' "which is told" err
  mkdir full
  for size in 300k 2m 10m 20m; do
    # shellcheck disable=SC2016 # expanded by the inner shell
    expect_exit 3 "a disk of $size is full" in_mounts "mount -t tmpfs -o size=$size none '$work/full'" \
      sh -c '"$1" pull "$2" --platform linux/amd64 -q --cache "$3"; code=$?
        "$1" cache verify --cache "$3" >&2 || exit 9
        [ -z "$(find "$3"/work "$3"/lock -mindepth 1)" ] || exit 8
        exit $code' sh "$plimsoll" "$layout" "$work/full/cache"
    expect_text 'No space left on device' "$size: which is told" err
  done
else
  skip "caches that are not ours, not writable or full" "needs root"
fi
