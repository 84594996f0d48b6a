#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The same image observed twice gives the same bytes; what took how long stands apart.
# shellcheck source=ci/e2e/lib.bash
. "$(dirname "$0")/lib.bash"
image=oci:$PLIMSOLL_IMAGES/debian-12:latest
export SOURCE_DATE_EPOCH=1700000000
for n in 1 2; do
  expect_exit 0 "run $n" "$plimsoll" run "$image" --platform all --results "run$n.jsonl"
  grep -v '"type":"timing"' "run$n.jsonl" >"bytes$n"
done
if cmp bytes1 bytes2; then ok "two runs, the same bytes"; else not_ok "two runs, the same bytes" "$(diff bytes1 bytes2 | head -20)"; fi
expect_equal "$(grep -c '"type":"observation"' bytes1)" "$(grep '"type":"end"' bytes1 | jq .observations)" "the end line counts the observations"

# judging needs the file alone
expect_exit 0 "judge, without image and cache" env -i XDG_CACHE_HOME=/nonexistent "$plimsoll" judge run1.jsonl --report json=judged.json
expect_exit 0 "check" "$plimsoll" check "$image" --platform all --report json=checked.json
expect_equal "$(jq -S '.summary, .verdicts' judged.json)" "$(jq -S '.summary, .verdicts' checked.json)" "judge of stored results equals check"
expect_exit 0 "judge again" "$plimsoll" judge run1.jsonl --report json=again.json
if cmp judged.json again.json; then ok "the same report twice"; else not_ok "the same report twice"; fi
head -c 20000 run1.jsonl >cut.jsonl
expect_exit 3 "a results file that is cut within its head is an error" "$plimsoll" judge cut.jsonl
