#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Every exit code means what the README says.
# shellcheck source=ci/e2e/lib.bash
. "$(dirname "$0")/lib.bash"
image=oci:$PLIMSOLL_IMAGES/debian-12:latest
quick=(--check 'entropy.rand.seq' --flavor musl-static --platform linux/amd64)

expect_exit 0 "0: as expected" "$plimsoll" check "$image" "${quick[@]}"

cat >pinned.yaml <<Y
plimsoll: 1
include: [builtin]
checks:
  entropy.rand.seq:
    - when: {libc: musl}
      value: "not this"
Y
expect_exit 1 "1: a divergence" "$plimsoll" check "$image" "${quick[@]}" --matrix pinned.yaml
expect_text 'FAIL' "a divergence is told" out
expect_text 'not this' "what was expected is told" out

expect_exit 2 "2: an unknown verb" "$plimsoll" chekc
expect_text 'did you mean "check"' "the nearest verb is told" err
expect_exit 2 "2: an unknown option" "$plimsoll" check --platfrom x "$image"
expect_exit 2 "2: an unknown platform" "$plimsoll" check --platform vax "$image"
expect_exit 2 "2: an unknown flavor" "$plimsoll" check --flavor diet "$image"
expect_exit 2 "2: --jobs that is no number" "$plimsoll" check --jobs 2x "$image"
expect_exit 2 "2: an unknown report" "$plimsoll" check --report pdf "$image"
printf 'plimsoll: 1\nchecks:\n  entropy.rand.seq:\n    - when: {libcc: musl}\n      value: x\n' >bad.yaml
expect_exit 2 "2: a matrix with a fault" "$plimsoll" check "$image" --matrix bad.yaml
expect_text 'bad.yaml:4:14: .*libcc.*did you mean "libc"' "file, line, column and spelling" err
expect_exit 2 "2: lint finds the same" "$plimsoll" lint bad.yaml
expect_exit 2 "2: explain of an unknown check" "$plimsoll" explain dns.tcp-fallbak
expect_exit 2 "2: no verb" "$plimsoll"

expect_exit 3 "3: no such image" "$plimsoll" check oci:/nonexistent:latest
expect_exit 3 "3: no emulator" env PLIMSOLL_QEMU=/nonexistent "$plimsoll" check "$image" "${quick[@]}" --platform linux/arm64
expect_text 'qemu-user-static' "what to install is told" out
expect_exit 3 "3: results on a full disk" "$plimsoll" run "$image" "${quick[@]}" --results /dev/full
expect_exit 3 "3: a report on a full disk" "$plimsoll" check "$image" "${quick[@]}" --report json=/dev/full

expect_exit 4 "4: no check matches" "$plimsoll" check "$image" --check 'nosuch.*'
expect_exit 4 "4: no image" "$plimsoll" check

# 1 beats 3: one image diverges, the other cannot be opened
expect_exit 1 "1 beats 3" "$plimsoll" check "$image" oci:/nonexistent "${quick[@]}" --matrix pinned.yaml

"$plimsoll" run "$image" --check 'dns.*' --results part.jsonl 2>/dev/null &
pid=$!
sleep 1
kill -INT "$pid"
status=0
wait "$pid" || status=$?
expect_equal "$status" 130 "130: interrupted"
expect_text '"plimsoll":"results"' "an interrupted run leaves what it has" part.jsonl
"$plimsoll" run "$image" --check 'dns.*' --results part.jsonl 2>/dev/null &
pid=$!
sleep 1
kill -TERM "$pid"
status=0
wait "$pid" || status=$?
expect_equal "$status" 143 "143: terminated"
