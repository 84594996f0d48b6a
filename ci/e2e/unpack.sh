#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What we unpack is what umoci and tar unpack: real images, and one with every oddity of a layer. A
# user without powers gets the same, in part as a record. A full disk and damage end in an error.
# shellcheck source=ci/e2e/lib.bash
. "$(dirname "$0")/lib.bash"

list() { /usr/bin/python3 "$tests/tree.py" "$@"; }

# record_lines RECORD.json: for tree.py
record_lines() {
  jq -r '(.owners[] | ["owner"] + .), (.modes[] | ["mode"] + .), (.devices[] | ["device"] + .),
    (.attributes[] | ["attribute"] + .[:3]) | @tsv' "$1" | sed 's/\\\\/\\/g' # @tsv doubles backslashes
}

# pull NAME REFERENCE: sets root
pull() {
  local got=0
  root=$("$plimsoll" pull "$2" --quiet --cache "$work/cache-$1" 2>"$work/err" | cut -f 4) || got=$?
  if [ "$got" = 0 ] && [ -d "$root" ]; then ok "$1: unpacked"; else not_ok "$1: unpacked" "$(cat "$work/err")"; fi
}

# without FIELD... <LIST: some fields (numbers) taken out
without() { cut -f "$(IFS=, && echo "$*")" --complement; }

# same_as_umoci NAME LAYOUT: root against what umoci makes of it
same_as_umoci() {
  if ! umoci unpack --image "$2:latest" "$work/umoci-$1" >"$work/umoci.log" 2>&1; then
    not_ok "$1: umoci" "$(tail -3 "$work/umoci.log")"
    return
  fi
  expect_equal "$(list "$root")" "$(list "$work/umoci-$1/rootfs")" "$1: as umoci"
  rm -rf "$work/umoci-$1"
}

# same_as_tar NAME TAR...: root against what tar makes of it
same_as_tar() {
  local name=$1 into="$work/tar-$1"
  shift
  mkdir "$into"
  for file; do
    tar --extract --warning=no-timestamp --same-permissions --same-owner --numeric-owner --xattrs --xattrs-include='*.*' --file "$file" --directory "$into"
  done
  expect_equal "$(list "$root")" "$(list "$into")" "$name: as tar"
  rm -rf "$into"
}

# ---- an image with every oddity ----

long=$(printf 'n%.0s' {1..200})
bytes=$'caf\xe9 \xff\x80'

odd_base() { # in the present directory
  mkdir -p plain "deep/$long/$long/$long" names sub closed fixed special owners tree/of/files goes/away opaque/old linked/real links
  echo text >plain/file
  : >plain/empty
  echo "long" >"deep/$long/$long/$long/file"
  ln -s "../$long/$long" "deep/link"
  echo 1 >"names/$bytes"
  mkdir "names/$bytes.d"
  echo 2 >"names/$bytes.d/in"
  ln -s "$bytes" "names/link to it"
  ln "names/$bytes" "names/$bytes hard"
  echo 3 >"names/ünïcode ☂"
  echo 4 >$'names/new\nline'
  echo 5 >'names/back\slash'
  echo 6 >'names/-dash'
  echo 7 >'names/ spaces '
  echo 8 >names/.hidden
  echo 9 >'names/*?[x]'
  # in another order than any tool would choose, and with holes at both ends
  truncate -s 3M plain/sparse
  printf middle | dd of=plain/sparse bs=1 seek=1500000 conv=notrunc status=none
  truncate -s 1M plain/hole
  { head -c 100000 /dev/zero | tr '\0' x; } >plain/large
  ln plain/file links/hard
  ln plain/file links/hard-too
  ln -s ../plain/file links/relative
  ln -s /plain/file links/absolute
  ln -s nowhere links/dangling
  ln -s . links/here
  mkfifo special/fifo
  mknod special/null c 1 3
  mknod special/loop b 7 200
  chmod 666 special/null
  chmod 640 special/loop
  for mode in 4755 2755 6711 1777 0000 0444 0111 0600; do
    echo "$mode" >"plain/mode-$mode"
    chmod $mode "plain/mode-$mode"
    mkdir "sub/mode-$mode"
    echo in >"sub/mode-$mode/file"
    chmod $mode "sub/mode-$mode"
  done
  for owner in 1:2 65534:65534 65536:70000 4000000000:4000000000; do
    echo "$owner" >"owners/$owner"
    chown "$owner" "owners/$owner"
    mkdir "owners/$owner.d"
    chown "$owner" "owners/$owner.d"
    ln -s x "owners/$owner.l"
    chown -h "$owner" "owners/$owner.l"
  done
  chmod 4711 owners/1:2
  touch -d @1000000000.123456789 plain/empty
  touch -d @-1000000000 plain/large
  touch -d @0 plain/hole
  touch -h -d @5.5 links/relative
  touch -d @7 special/fifo special/null
  /usr/bin/python3 - <<'PY'
import os
os.setxattr("plain/file", "user.note", b"some \x00 bytes\xff")
os.setxattr("plain/file", "user.empty", b"")
os.setxattr("sub", "user.of-a-directory", b"x" * 300)
os.setxattr("plain/mode-0111", "security.capability", bytes.fromhex("0100000200040000000000000000000000000000"))
PY
  find . -type d -exec touch -d @1200000000.5 {} +
}

odd_layer() { # in the present directory, over odd_base
  mkdir -p goes tree opaque linked plain links names sub/mode-0000 sub/mode-1777 deep special opaque/both
  : >goes/.wh.away
  echo new >goes/new
  : >opaque/.wh..wh..opq
  echo kept >opaque/both/new
  mkdir tree/new
  echo files >tree/new/of
  echo "a file now" >tree/of        # was a directory
  mkdir special/fifo special/null   # were none
  echo in >special/fifo/in
  echo "a file now" >special/loop
  mkdir linked/other
  echo through >linked/other/file
  ln -s other linked/real # was a directory
  : >links/.wh.here
  echo "hidden no more" >names/.hidden
  : >names/".wh.$bytes"
  echo more >plain/file # the links below keep the old one
  touch -d @1500000000 plain/file
  ln plain/file links/from-above
  chmod 0700 sub/mode-1777
  chown 5:6 sub/mode-0000
  chmod 0000 sub/mode-0000
  find . -type d -exec touch -d @1300000000.25 {} +
}

# One tar of entries whose names are written in every way there is.
odd_spelling() { # in the present directory
  local add=(tar --append --numeric-owner --absolute-names --no-recursion --file ../spelt.tar)
  mkdir -p spelt linked/real
  echo first >spelt/once
  echo through >linked/real/below
  echo first >spelt/twice
  touch -d @1400000000 spelt spelt/* linked/real/below
  "${add[@]}" ./spelt spelt/once
  "${add[@]}" --transform 's,^,/,' spelt/twice
  "${add[@]}" linked/real/below # linked/real is a link below
  echo second >spelt/twice
  touch -d @1400000001 spelt/twice
  "${add[@]}" --transform 's,^,.//./,' spelt/twice
  "${add[@]}" --transform 's,^.*,spelt//no-entry-of-its-parent/./once,' spelt/once
}

# The image as unpacked by a user without any capability: sets theirs, and writes record.lines.
pull_unprivileged() { # LAYOUT
  mkdir -p home
  cp -r "$1" home/image && chown -R 65534:65534 home
  expect_exit 0 "unprivileged: unpacked" unprivileged "$plimsoll" pull "oci:$work/home/image" --quiet --cache "$work/home/cache"
  theirs=$(dirname "$(cut -f 4 out)")
  { printf 'root is\t65534\n' && record_lines "$theirs/record.json"; } >record.lines
}

if [ "$(id -u)" != 0 ]; then
  skip "an image with every oddity" "only root can make one"
else
  mkdir base
  (cd base && odd_base)
  everything=(--create --numeric-owner --sparse --directory base)
  tar "${everything[@]}" --format=pax --sparse-version=1.0 --xattrs --xattrs-include='*.*' --sort=name --file pax.tar .
  tar "${everything[@]}" --format=gnu --sort=inode --file gnu.tar .
  tar "${everything[@]}" --format=pax --sparse-version=0.1 --xattrs --xattrs-include='*.*' --file pax01.tar .
  for kind in pax gnu pax01; do
    layout "image-$kind" $kind.tar
    pull $kind "oci:$work/image-$kind"
    fields=(7) # times: tar cuts those of GNU's format to seconds
    [ $kind != gnu ] || fields=(7 10) # and has no attributes there
    expect_equal "$(list "$root" | without "${fields[@]}")" "$(list base | without "${fields[@]}")" "$kind: as the tree that was packed"
    same_as_tar $kind $kind.tar
  done
  # umoci knows no sparse file of GNU's, and takes an empty attribute for none
  rm base/plain/sparse base/plain/hole
  /usr/bin/python3 -c 'import os; os.removexattr("base/plain/file", "user.empty")'
  tar "${everything[@]}" --format=pax --xattrs --xattrs-include='*.*' --sort=name --file pax.tar .
  tar "${everything[@]}" --format=gnu --sort=inode --file gnu.tar .
  for kind in pax gnu; do
    layout "plain-$kind" $kind.tar
    pull "plain-$kind" "oci:$work/plain-$kind"
    same_as_umoci "plain-$kind" "$work/plain-$kind"
  done

  # over it: everything becomes something else, is hidden, or is spelt in another way
  mkdir over spelt
  (cd over && odd_layer)
  tar --create --numeric-owner --format=pax --xattrs --xattrs-include='*.*' --sort=name --directory over --exclude ./links/from-above --file over.tar .
  tar --create --numeric-owner --directory over --file link.tar ./plain/file ./links/from-above
  tar --delete --file link.tar ./plain/file # the link alone, to the file of the layer below
  (cd spelt && odd_spelling)
  layout layers pax.tar over.tar link.tar spelt.tar
  pull layers "oci:$work/layers"
  umoci unpack --image layers:latest umoci-layers >umoci.log 2>&1
  # umoci leaves directories the time at which something came into them later
  timeless() { sed -E '/^spelt(\/no-entry-of-its-parent)?\t/s/\t[0-9]+\.[0-9]+\t/\t-\t/'; }
  expect_equal "$(list "$root" | timeless)" "$(list umoci-layers/rootfs | timeless)" "layers: as umoci"
  expect_equal "$(stat -c %h "$root/links/from-above")" 2 "layers: a hard link joins those of the layer below"
  expect_equal "$(cat "$root/goes/new" "$root/tree/new/of" "$root/names/.hidden" "$root/spelt/twice")" "$(printf 'new\nfiles\nhidden no more\nsecond')" "layers: the last word counts"

  # The same for a user without powers, who has a part of it as a record only.
  pull_unprivileged layers
  expect_equal "$(list "$theirs/rootfs" record.lines | without 7)" "$(list "$root" | without 7)" "unprivileged: with its record, as for root"
fi

# ---- real images ----

debian=$PLIMSOLL_IMAGES/roots/debian-12-amd64.tar
layout debian "$debian"
pull debian "oci:$work/debian"
if [ "$(id -u)" = 0 ]; then
  same_as_tar debian "$debian"
  same_as_umoci debian "$work/debian"
else
  skip "debian: as tar and umoci" "only root can unpack owners with them"
fi
if [ -z "$(alpine '*' '*')" ]; then
  skip "alpine: as tar and umoci" "the folder of real images is not here"
elif [ "$(id -u)" = 0 ]; then
  for file in $(alpine '*' '*'); do
    name=$(basename "$file" .tar.gz)
    gzip -dc "$file" >alpine.tar
    rm -rf alpine
    layout alpine alpine.tar
    pull "$name" "oci:$work/alpine"
    same_as_tar "$name" alpine.tar
    same_as_umoci "$name" "$work/alpine"
  done
fi

# ---- a disk that is full ----

if [ "$(id -u)" = 0 ] && unshare --mount true 2>/dev/null; then
  for option in size=6m nr_inodes=300; do
    mkdir -p small
    # shellcheck disable=SC2016 # expanded by the inner shell
    expect_exit 3 "a full disk ($option): exit 3" unshare --mount sh -c '
      mount -t tmpfs -o "$1" none small && status=0
      "$2" pull "$3" --quiet --cache small/cache || status=$?
      find small/cache/roots small/cache/work small/cache/lock -mindepth 1 ! -name sha256
      exit $status' sh "$option" "$plimsoll" "oci:$work/debian"
    expect_text 'oci:.*: layer sha256:[0-9a-f]{64}: entry ".*": cannot be (written|created): No space left on device' "a full disk ($option): is told" err
    expect_equal "$(cat out)" "" "a full disk ($option): the store is empty"
  done
else
  skip "a full disk" "no file system can be mounted here"
fi

# ---- damage ----

# refused NAME PATTERN LAYOUT
refused() {
  rm -rf "$work/cache-refused"
  expect_exit 3 "$1: exit 3" "$plimsoll" pull "oci:$work/$3" --quiet --cache "$work/cache-refused"
  expect_text "oci:$work/$3: .*$2" "$1: is told" err
  expect_no_root "$1" "$work/cache-refused"
}

mkdir -p few
seq 100000 >few/numbers
echo qqq >few/small
tar --create --sort=name --directory few --file few.tar ./numbers ./small
layer_of() { echo "$1/blobs/sha256/$(jq -r '.layers[0].digest' "$1/blobs/sha256/$(jq -r '.manifests[0].digest[7:]' "$1/index.json")" | cut -c 8-)"; }

for pack in "gzip -n" "zstd -q" "cat"; do
  command -v "${pack%% *}" >/dev/null || { skip "damage of what $pack makes" "it is not installed"; continue; }
  PACK=$pack layout few "few.tar"
  blob=$(layer_of few) size=$(stat -c %s "$(layer_of few)")
  cp "$blob" whole
  for cut in 0 1 100 $((size / 2)) $((size - 1)); do
    head -c $cut whole >"$blob"
    refused "$pack, cut after $cut bytes" "layer sha256:[0-9a-f]{64}: " few
  done
  { head -c $((size / 2)) whole && printf '\377\0\377' && tail -c +$((size / 2 + 4)) whole; } >"$blob"
  refused "$pack, bytes changed" "layer sha256:[0-9a-f]{64}: .*is damaged: its digest is" few
  { cat whole && echo more; } >"$blob"
  refused "$pack, bytes added" "layer sha256:[0-9a-f]{64}: .*longer than the [0-9]+ bytes" few
  rm -rf few few-*
  mkdir few
done
for cut in 1 511 513 $((512 + 300000)); do # its digests are right: the tar itself is short
  head -c $cut few.tar >short.tar
  layout short short.tar
  refused "a tar cut after $cut bytes" "layer sha256:[0-9a-f]{64}: .*(Truncated|not a tar file)" short
  rm -rf short
done
expect_text 'entry "./numbers": cannot be read' "a tar cut within a file: names the file" err
PACK="tr q z" layout wrong few.tar # another tar than its diff id says
refused "a wrong diff id" "layer sha256:[0-9a-f]{64}: its tar is damaged: its digest is" wrong
