#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# An ordinary user to whom the system lends ids (subuid(5)) sees in the cell the image's own owners
# and modes; one without them runs as before, with the owners recorded.
# shellcheck source=ci/e2e/lib.bash
. "$(dirname "$0")/lib.bash"
cell=$PLIMSOLL_BUILD/lib/plimsoll/plimsoll-cell

# An image with owners and modes of many kinds, beside a musl that runs.
mkdir -p tree/data/private
echo x | tee tree/data/{root,other,high,setuid,sticky,closed} >/dev/null
chmod 4755 tree/data/setuid && chmod 1644 tree/data/sticky && chmod 0 tree/data/closed && chmod 2750 tree/data/private
cp "$PLIMSOLL_IMAGES/roots/musl-1.2.5-amd64.tar" image.tar
add() { tar -C tree --append -f image.tar --no-recursion --numeric-owner --owner="$1" --group="$2" "./data/$3"; }
add 0 0 ''
add 0 0 root
add 1000 1001 other
add 65533 65532 high
add 12 34 setuid
add 0 5 sticky
add 7 7 closed
add 101 102 private
chmod 644 image.tar
want='0:0 755 /data
0:0 644 /data/root
1000:1001 644 /data/other
65533:65532 644 /data/high
12:34 4755 /data/setuid
0:5 1644 /data/sticky
7:7 0 /data/closed
101:102 2750 /data/private'

# lent COMMAND...: with ids for that user, in a mount namespace of its own; newuidmap needs its
# privileges, so they are not given up for good as in unprivileged()
lent() {
  mkdir -p home && chown 65534:65534 home
  printf 'nobody:200000:65536\n' >subid
  # shellcheck disable=SC2016 # expanded by the inner shell
  env HOME="$work/home" XDG_CACHE_HOME="$work/home/cache" TMPDIR=/tmp WORK="$work" unshare --mount bash -c '
    mount --bind "$WORK/subid" /etc/subuid && mount --bind "$WORK/subid" /etc/subgid &&
    exec setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all -- "$@"' - "$@"
}
# as_root_of_them COMMAND...: in such a namespace as the harness enters
as_root_of_them() { lent unshare --user --map-auto --map-root-user "$@"; }

expect_exit 0 "an image with many owners, ids lent" lent "$plimsoll" check "tar:$work/image.tar" --platform linux/amd64 --verbose --results "$work/home/lent.jsonl"
if grep -q 'owners in images are recorded' err; then not_ok "the ids are used" "$(cat err)"; else ok "the ids are used"; fi
root=$(compgen -G "$work/home/cache/roots/sha256/*/rootfs" || compgen -G "$work/home/cache/plimsoll/roots/sha256/*/rootfs")
# shellcheck disable=SC2046 # words
printf '{"job":1,"argv":["/bin/busybox","stat","-c","%%u:%%g %%a %%n",%s],"limit":10}\n' \
  "$(sed 's/.* //; s/.*/"&"/' <<<"$want" | paste -sd,)" >job
as_root_of_them "$cell" --root "$root" <job >cell.out 2>&1
expect_equal "$(jq -r 'select(.event == "line") | .text' cell.out)" "$want" "the cell shows the image's owners and modes"
if [ "$(stat -c %u "$root/data/other")" = 200999 ]; then ok "on the host they are lent ids"; else not_ok "on the host they are lent ids" "$(stat -c %u "$root/data/other")"; fi

# without ids: the same observations, and the owners in the record
rm -rf other-home
expect_exit 0 "the same without ids" unprivileged env XDG_CACHE_HOME="$work/home/single" "$plimsoll" check "tar:$work/image.tar" --platform linux/amd64 --verbose --results "$work/home/single.jsonl"
expect_text 'owners in images are recorded, not shown: .*uid' "it says why" err
record=$(compgen -G "$work/home/single/plimsoll/roots/sha256/*/record.json")
expect_json '.["owners-kept"] == false and ([.owners[] | select(.[0] == "data/other")] == [["data/other", 1000, 1001]])' "owners are recorded" "$record"
observations() { jq -c 'select(.type == "observation")' "$1"; }
expect_equal "$(observations home/lent.jsonl)" "$(observations home/single.jsonl)" "observations do not depend on it"

# a cache that was filled before ids were lent is made anew, once
as_root_of_them rm -rf "$work/home/cache"
expect_exit 0 "without ids, in the other cache" unprivileged "$plimsoll" run "tar:$work/image.tar" --platform linux/amd64 --check exec.start --results "$work/home/before.jsonl"
expect_exit 0 "then with ids" lent "$plimsoll" run "tar:$work/image.tar" --platform linux/amd64 --check exec.start --results "$work/home/after.jsonl"
if [ "$(stat -c %u "$root/data/other")" = 200999 ]; then ok "with its owners"; else not_ok "with its owners" "$(stat -c %u "$root/data/other")"; fi
expect_exit 0 "and once more" lent "$plimsoll" run "tar:$work/image.tar" --platform linux/amd64 --check exec.start --results "$work/home/after.jsonl"
if grep -q 'made again' err; then not_ok "not made a third time" "$(cat err)"; else ok "not made a third time"; fi

# what the user may not remove by hand goes with the cache's own verb
expect_exit 0 "doctor tells of the ids" lent "$plimsoll" doctor
expect_text '^ok +owners' "that they are lent" out
