#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A probe that crashes, hangs, lies, prints garbage or without end, or forks without end costs its
# own cell only: errors there, everything else as ever, and nothing is left behind.
# shellcheck source=ci/e2e/lib.bash
. "$(dirname "$0")/lib.bash"
image=oci:$PLIMSOLL_IMAGES/musl-1.2.5:latest
for mode in crash silent garbage lie flood forks hang; do
  cp -r "$PLIMSOLL_BUILD/lib/plimsoll/probes" probes
  area=probes/linux/amd64/musl-static/entropy
  mv $area $area.real
  gcc -O1 -static -DMODE="\"$mode\"" -DAREA='"entropy"' "$tests/hostile.c" -o $area
  expect_exit 3 "$mode: exit 3" env PLIMSOLL_PROBES="$work/probes" "$plimsoll" check "$image" --platform linux/amd64 --check 'entropy.*' --check 'time.*' --report json=r.json
  expect_json '[.verdicts[] | select(.verdict == "error")] | length > 0 and all(.flavor == "musl-static" and (.check | startswith("entropy.")))' "$mode: errors only where it was" r.json
  expect_json '.summary | .diverged == 0 and .missing == 0 and .new == 0' "$mode: everything else is as ever" r.json
  expect_equal "$(cells_left)" 0 "$mode: nothing is left running"
  rm -rf probes
done
