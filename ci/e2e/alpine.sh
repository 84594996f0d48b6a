#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Real Alpine roots: every archive is as the built-in rules say, its platform found out by itself.
# shellcheck source=ci/e2e/lib.bash
. "$(dirname "$0")/lib.bash"
if [ -z "$(alpine '3.17*' x86_64)" ]; then
  skip "Alpine's root file systems" "the folder of real images is not here"
  exit 0
fi
for file in $(alpine '*' '*'); do
  name=$(basename "$file" .tar.gz)
  expect_exit 0 "$name" "$plimsoll" check "tar:$file" --results "$name.jsonl" --report json="$name.json" --report terminal
  expect_json '.summary.new == 0 and .summary.missing == 0 and .summary.error == 0 and .summary.pass > 100' "$name: nothing new, missing or error" "$name.json"
done
for file in alpine-minirootfs-3.17*x86_64.jsonl; do
  expect_equal "$(value_of "$file" musl-dynamic dns.tcp-fallback)" "value EAI_NONAME; asked udp" "musl 1.2.3 does not ask again over TCP"
done
for file in alpine-minirootfs-3.18*x86_64.jsonl; do
  case $(value_of "$file" musl-dynamic dns.tcp-fallback) in
  *"asked udp, tcp"*) ok "musl 1.2.4 asks again over TCP" ;;
  *) not_ok "musl 1.2.4 asks again over TCP" "$(value_of "$file" musl-dynamic dns.tcp-fallback)" ;;
  esac
done
expect_text '"platform":"linux/arm64"' "the platform of an aarch64 archive" alpine-minirootfs-3.20.3-aarch64.jsonl
