#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# plimsoll cache: what it shows, removes and keeps, and the limit that other verbs keep.
# shellcheck source=ci/e2e/lib.bash
. "$(dirname "$0")/lib.bash"
cache=$work/cache/plimsoll
debian=oci:$PLIMSOLL_IMAGES/debian-12:latest
musl=oci:$PLIMSOLL_IMAGES/musl-1.2.5:latest
pull() { "$plimsoll" pull "$@" --platform linux/amd64 -q; }
roots() { find "$cache/roots/sha256" -mindepth 1 -maxdepth 1 | wc -l; }
# age REFERENCE DAYS: as if it was last used then
age() { touch -d "$2 days ago" "$(grep -lF "\"$1\"" "$cache"/images/*)"; }

expect_exit 0 "an empty cache" "$plimsoll" cache ls
expect_text '^REFERENCE +PLATFORM +DIGEST +SIZE +LAST USED$' "its columns" out
expect_text '^0 roots 0 B, 0 blobs 0 B, together 0 B in ' "its totals" out
expect_equal "$(stat -c %a "$cache"/{roots,blobs,images,work} | sort -u)" 700 "it is private"
expect_exit 0 "two images" pull "$debian" "$musl"
expect_exit 0 "the same from an archive" pull "docker-archive:$PLIMSOLL_IMAGES/archives/debian-12-amd64.docker.tar"
"$plimsoll" cache ls >out
expect_equal "$(sed -n '2,4p' out | awk '{print NF}' | sort -u)" 6 "each is a line of stable columns"
expect_text "^$debian  +linux/amd64  +sha256:[0-9a-f]{12} +[0-9.]+ MiB  [0-9-]+T[0-9:]+Z$" "reference, platform, digest, size, last use" out
expect_text '^2 roots [0-9.]+ MiB, 0 blobs 0 B, together ' "two images share a root" out
expect_text "in $cache$" "the place is told" out
"$plimsoll" doctor >out 2>err || true # other things may be missing
expect_text "^ok +cache +[0-9.]+ MiB in $cache$" "doctor tells place and size" out

# last use
age "$debian" 9
age "$musl" 3
writes() { stat -c %Y "$cache"/images/*; }
before=$(writes)
expect_exit 0 "used again" pull "$musl"
expect_equal "$(diff <(echo "$before") <(writes) | grep -c '^>')" 1 "its last use is noted"

# what goes and what stays
expect_exit 4 "rm of nothing in it" "$plimsoll" cache rm oci:none
expect_text 'plimsoll cache ls lists them' "what to do is told" err
expect_exit 2 "rm without a word" "$plimsoll" cache rm
expect_exit 0 "rm of one of two references to a root" "$plimsoll" cache rm "$debian"
expect_text '^removed 1 image, 0 roots, 0 blobs: 0 B$' "the root stays for the other" out
expect_exit 0 "rm of the other, by digest" "$plimsoll" cache rm "$(sed -n 's/.*docker.tar .*sha256:\([0-9a-f]*\).*/\1/p' < <("$plimsoll" cache ls))"
expect_text '^removed 1 image, 1 root, 0 blobs: [0-9.]+ MiB$' "now the root goes too" out
expect_exit 0 "pulled again" pull "$debian"
age "$musl" 3
expect_exit 0 "prune by age" "$plimsoll" cache prune --older 2
expect_equal "$("$plimsoll" cache ls | grep -c linux/amd64)" 1 "what was not used goes"
expect_exit 0 "prune with nothing to do" "$plimsoll" cache prune
expect_equal "$(roots)" 1 "what is referenced stays"
pull "$musl" >/dev/null
age "$debian" 1
expect_exit 0 "prune by size" "$plimsoll" cache prune --limit 10M
expect_equal "$("$plimsoll" cache ls | grep -o 'oci:[^ ]*')" "$musl" "the longest unused goes first"
expect_exit 2 "a size that is none" "$plimsoll" cache prune --limit much
expect_exit 2 "an age that is none" "$plimsoll" cache prune --older -1
expect_exit 2 "an unknown word" "$plimsoll" cache clean
expect_exit 2 "no word" "$plimsoll" cache

# the limit of other verbs
expect_exit 0 "a limit after a pull" pull "$debian" --cache-limit 27M
expect_equal "$(roots)" 1 "the longest unused is gone"
export PLIMSOLL_CACHE_LIMIT=1M
expect_exit 0 "a limit in the environment" "$plimsoll" run "$musl" --check entropy.rand.seq --results r.jsonl -q
expect_json 'select(.type == "end")' "the run is whole" <(tail -1 r.jsonl)
expect_equal "$(roots)" 0 "then nothing is left"
PLIMSOLL_CACHE_LIMIT=big expect_exit 2 "a limit that is none" "$plimsoll" run "$musl" -q
unset PLIMSOLL_CACHE_LIMIT

# in use
"$plimsoll" run "$debian" --platform linux/amd64 --check 'dns.*' --results used.jsonl -q &
pid=$!
for _ in {1..200}; do
  if [ -n "$(pgrep -f "plimsoll-cell --root $work")" ]; then break; fi
  sleep 0.05
done
expect_exit 3 "rm of an image in use" "$plimsoll" cache rm all
expect_text '1 root stayed, in use' "which is told" err
wait "$pid"
expect_equal $? 0 "the run is not disturbed"
expect_json 'select(.type == "end")' "its results are whole" <(tail -1 used.jsonl)
expect_exit 0 "afterwards it can be removed" "$plimsoll" cache rm all
expect_equal "$(find "$cache"/{roots/sha256,blobs/sha256,images,refs,work,lock} -mindepth 1)" "" "nothing is left"

# verify
pull "$musl" >/dev/null
expect_exit 0 "verify" "$plimsoll" cache verify
expect_text '^1 root and 0 blobs read: 0 damaged$' "everything is read" out
root=$(echo "$cache"/roots/sha256/*/rootfs)
echo x >>"$root/etc/passwd"
expect_exit 3 "a file was changed" "$plimsoll" cache verify
expect_text '^damaged  root sha256:[0-9a-f]{64}: its files are not what was unpacked' "the root is named" out
expect_exit 0 "verify --repair" "$plimsoll" cache verify --repair
expect_equal "$(roots)" 0 "the damaged root is gone"
expect_exit 0 "and is made again" pull "$musl"
chmod 777 "$cache"/roots/sha256/*/rootfs/etc/passwd
expect_exit 3 "a mode was changed" "$plimsoll" cache verify
rm "$cache"/roots/sha256/*/record.json
expect_exit 0 "a root without its record" pull "$musl"
expect_text 'in the cache is made again: cannot read .*record.json' "it is made again, and that is told" err
