#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Files taken away from an image show as observations that say just that, never as errors.
# shellcheck source=ci/e2e/lib.bash
. "$(dirname "$0")/lib.bash"

# removed NAME TAR FLAVOR CHECK VALUE FACT PINNED PATH...
removed() {
  local name=$1 tar=$2 flavor=$3 check=$4 value=$5 fact=$6 pinned=$7
  shift 7
  unpack "$tar" "root-$name"
  local path
  # shellcheck disable=SC2086 # PATH may be a pattern
  for path; do rm -rf "root-$name"/$path; done
  "$plimsoll" run "rootfs:$work/root-$name" --platform linux/amd64 --results "$name.jsonl" 2>err
  expect_equal "$?" 0 "$name: observed without an error"
  expect_equal "$(value_of "$name.jsonl" "$flavor" "$check")" "$value" "$name: $check"
  expect_exit 0 "$name: the built-in rules know it" "$plimsoll" judge "$name.jsonl" --report json="$name.json" --report terminal
  expect_json '.summary.error == 0 and .summary.missing == 0 and .summary.new == 0' "$name: no error, nothing missing or new" "$name.json"
  printf 'plimsoll: 1\ninclude: [builtin]\nimages:\n  base: {ref: "rootfs:%s", facts: {%s: %s}}\n' "$work/root-$name" "$fact" "$pinned" >"$name.yaml"
  expect_exit 1 "$name: exit 1 with the fact pinned" "$plimsoll" check --matrix "$name.yaml" --platform linux/amd64 --report terminal
  expect_text "$fact is .*$name.yaml:4" "$name: the cause is told with its place" out
}

debian=$PLIMSOLL_IMAGES/roots/debian-12-amd64.tar musl=$PLIMSOLL_IMAGES/roots/musl-1.2.5-amd64.tar
removed no-zoneinfo "$debian" glibc-dynamic time.tz.named 'value 09:46:40 Europe +0000' tzdata present usr/share/zoneinfo
removed no-loader "$musl" musl-dynamic exec.start 'value no-loader' image-libc musl 'lib/ld-musl-*' 'usr/lib/ld-musl-*'
removed no-shell "$debian" glibc-dynamic exec.system-null 'value no shell' shell dash bin/sh usr/bin/sh
removed no-nsswitch "$debian" none image.nsswitch 'value absent' nsswitch '"files dns"' etc/nsswitch.conf
removed no-libc "$debian" glibc-dynamic exec.start 'value missing-library libc.so.6' libc-files complete 'lib/x86_64-linux-gnu/libc.so.6' 'usr/lib/x86_64-linux-gnu/libc.so.6'
