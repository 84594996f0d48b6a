#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# An ordinary user without any capability runs everything, emulated too, and leaves nothing behind.
# shellcheck source=ci/e2e/lib.bash
. "$(dirname "$0")/lib.bash"
unpack "$PLIMSOLL_IMAGES/roots/debian-12-arm64.tar" root
chown -R 65534:65534 root # as if that user had unpacked it

snapshot() {
  cat /proc/self/mountinfo
  ls /proc/sys/fs/binfmt_misc 2>&1
  cells_left
  ip -br link 2>/dev/null
}
before=$(snapshot)
expect_exit 0 "a foreign root, rootless" unprivileged "$plimsoll" check "rootfs:$work/root" --platform linux/arm64 --results "$work/home/r.jsonl" --report json="$work/home/r.json"
expect_json '.summary | .new == 0 and .missing == 0 and .error == 0' "nothing new, missing or error" home/r.json
expect_json '[.verdicts[] | select(.check | startswith("exec.")) | select(.verdict == "skipped")] | length == 0' "no exec-of-children check is skipped" home/r.json
expect_equal "$(value_of home/r.jsonl glibc-dynamic exec.start)" "value ok" "emulated dynamic probes start"
expect_equal "$(snapshot)" "$before" "mounts, binfmt_misc and processes of the host are as before"

# killed hard, in the middle of everything
unprivileged "$plimsoll" run "rootfs:$work/root" --platform linux/arm64 >/dev/null 2>&1 &
sleep 1.5
pid=$(pgrep -f "^$plimsoll run" | head -1)
if [ "$(pgrep -fc "plimsoll-cell --root $work")" -gt 0 ]; then ok "cells are running"; else not_ok "cells are running"; fi
kill -KILL "$pid"
wait
expect_equal "$(snapshot)" "$before" "nothing survives kill -9 of the harness"

# the same user, an image from a layout
cp -r "$PLIMSOLL_IMAGES/debian-12" layout && chmod -R a+rX layout
expect_exit 0 "an OCI layout, rootless" unprivileged "$plimsoll" check "oci:$work/layout:latest" --platform linux/amd64
expect_exit 0 "as another user inside" unprivileged "$plimsoll" check "oci:$work/layout:latest" --platform linux/amd64 --user 65532:65532
