#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The scripts that judge the tree and the probes find what they are there to find, and the toolchain
# goes on without bullseye.
ci=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=ci/e2e/lib.bash
. "$ci/e2e/lib.bash"
own_cache=$XDG_CACHE_HOME
shared_cache=$(dirname "$(dirname "$PLIMSOLL_IMAGES")")

# ---- ci/law: a small tree that breaks each rule once ----
tree=$work/tree
mkdir -p "$tree"/{harness/base,probes/dns,runners,reports}
git init -q "$tree"
spdx='/* SPDX-License-Identifier: Apache-2.0 */'
put() { printf '%s\n' "${@:2}" >"$tree/$1"; }
put harness/good.c "$spdx" '#include "harness/base/text.h"' '#include <jansson.h>' 'int good;'
put harness/cmd_run.c "$spdx" '#include "runners/run.h"' 'int verb;'
put probes/dns/good.c "$spdx" '#include "probe.h"' '#include "names.h"' '#include <netdb.h>'
put runners/good.c "$spdx" '#include "harness/model.h"' '#include "runners/run.h"'
expect_exit 0 "law: a tree that keeps it" "$ci/law" "$tree"
expect_exit 3 "law: a tree that git does not know is an error" env GIT_DIR="$work/none" "$ci/law" "$tree"
put harness/across.c "$spdx" '#include "runners/run.h"'
put harness/short.c "$spdx" '#include "base/text.h"' '#include "text.h"'
put reports/across.c "$spdx" '#include "harness/store.h"' '#include "matrices/rule.h"'
put probes/dns/across.c "$spdx" '#include "harness/model.h"' '#include <uv.h>'
put runners/unlicensed.c 'int x;'
put runners/script '#!/bin/sh' '' 'true'
{ echo "$spdx"; echo 'int long_one(void)'; echo '{'; printf '    ;\n%.0s' {1..58}; echo '}'; } >"$tree/runners/long.c"
{ echo "$spdx"; printf 'int x%d;\n' {1..500}; } >"$tree/runners/file.c"
put reports/mirror.md "see http""://deb.debian"".org/debian"
put reports/place.md "in /home""/somebody/plimsoll and in $tree/reports"
expect_exit 1 "law: a tree that breaks it" "$ci/law" "$tree"
cp "$work/out" "$work/findings"
while read -r finding; do
  expect_text "^$finding" "law: $finding" "$work/findings"
done <<'LIST'
harness/across.c:2: may not include runners/run.h
harness/short.c:2: may not include base/text.h
harness/short.c:3: the include is not written from the root
reports/across.c:2: may not include harness/store.h
reports/across.c:3: may not include matrices/rule.h
probes/dns/across.c:2: may not include harness/model.h
probes/dns/across.c:3: a probe may not use a library
runners/unlicensed.c:1: no SPDX line
runners/script:1: no SPDX line
runners/long.c:2: long_one is 61 lines long
runners/file.c:501: the file is longer
reports/mirror.md:1: names a host
reports/place.md:1: a place of one machine: /home
LIST
expect_equal "$(grep -cE 'good|cmd_run' "$work/findings")" 0 "law: nothing else is found"

# ---- ci/lint: a leak, a format, a script ----
mkdir -p "$tree/build" "$tree/ci"
cp "$ci/law" "$ci/lint" "$tree/ci/"
cp "$ci/../.clang-tidy" "$ci/../.clang-format" "$tree/"
# shellcheck disable=SC2016 # it is to be found
printf '#!/bin/sh\n# SPDX-License-Identifier: Apache-2.0\nrm $1\n' >"$tree/ci/unquoted"
put runners/leak.c "$spdx" '#include <stdlib.h>' 'int leak(int n);' 'int leak(int n)' '{' \
  '    char *p = malloc(4);' '    if (!p || n > 3)' '        return 1;' '    free(p);' '    return 0;' '}'
jq -n --arg dir "$tree/build" --arg file "$tree/runners/leak.c" \
  '[{directory: $dir, command: "cc -DNAME=\\\"x\\\" -o leak.o -c \($file)", file: $file}]' >"$tree/build/compile_commands.json"
for time in first second; do
  expect_exit 1 "lint: the $time time" "$tree/ci/lint" "$tree/build"
  expect_text '^runners/leak.c:8: .*leak of memory' "lint: the $time time: clang-tidy" "$work/out"
done
expect_text '^probes/dns/good.c:2: not formatted' "lint: clang-format" "$work/out"
expect_text '^ci/unquoted:3: .*SC2086' "lint: shellcheck" "$work/out"
expect_text '^harness/across.c:2: may not include' "lint: the law" "$work/out"

# ---- ci/probe-requirements: real programs under wrong names ----
probes=$PLIMSOLL_BUILD/lib/plimsoll/probes/linux/amd64
asks=$work/asks/linux/amd64
mkdir -p "$asks"/{glibc-dynamic,glibc-static,musl-dynamic,musl-static}
expect_exit 0 "requirements: what was built" "$ci/probe-requirements" "$PLIMSOLL_BUILD/lib/plimsoll/probes"
cp "$probes/musl-static/time" "$asks/glibc-static/time"
expect_exit 0 "requirements: one program" "$ci/probe-requirements" "$work/asks"
cp "$probes/glibc-dynamic/time" "$asks/musl-dynamic/time"
cp "$probes/glibc-static/time" "$asks/glibc-dynamic/time"
cp "$probes/musl-dynamic/time" "$asks/musl-static/time"
cp "$(command -v jq)" "$asks/glibc-dynamic/exec"
expect_exit 1 "requirements: wrong programs" "$ci/probe-requirements" "$work/asks"
expect_text 'musl-dynamic/time: needs the library libc.so.6' "requirements: a glibc program as musl" "$work/out"
expect_text 'glibc-dynamic/time: has no PT_INTERP' "requirements: a static program as dynamic" "$work/out"
expect_text 'musl-static/time: has a PT_INTERP' "requirements: a dynamic program as static" "$work/out"
expect_text 'glibc-dynamic/exec: needs the library libjq' "requirements: a library" "$work/out"
expect_text 'glibc-dynamic/exec: needs [a-z_]+ of GLIBC_2.[23][0-9], newer than 2.17' "requirements: symbol and version" "$work/out"
mkdir -p "$own_cache/plimsoll/toolchain/sysroots/amd64/glibc-dynamic"
echo 2.99 >"$own_cache/plimsoll/toolchain/sysroots/amd64/glibc-dynamic/glibc-floor"
expect_exit 1 "requirements: with a sysroot of a newer glibc" "$ci/probe-requirements" "$work/asks"
expect_equal "$(grep -c 'newer than' "$work/out")" 0 "requirements: its floor counts"
rm -r "$own_cache/plimsoll/toolchain"
mkdir "$work/nothing"
expect_exit 1 "requirements: nothing there is no pass" "$ci/probe-requirements" "$work/nothing"

# ---- ci/toolchain: bullseye's packages are gone; a package is not what it was; no mirror ----
export PLIMSOLL_PLATFORMS=linux/amd64 PLIMSOLL_LOCK=$work/lock
if [ -z "$(PLIMSOLL_MIRROR='' "$ci/mirror" 2>/dev/null)" ]; then
  skip "toolchain: without bullseye" "this machine's apt has no mirror"
  exit 0
fi
mkdir -p "$own_cache/plimsoll/toolchain/debs"
find "$shared_cache/plimsoll/toolchain/debs" -name '*.deb' ! -name '*_2.31-*' -exec ln -s {} "$own_cache/plimsoll/toolchain/debs/" ';' 2>/dev/null
sed -E 's,^(amd64 glibc-old .*/[^/ ]*_2\.31-)[^ ]*(_all\.deb),\1gone\2,' "$ci/sysroots.lock" >"$PLIMSOLL_LOCK"
expect_exit 0 "toolchain: goes on without bullseye" "$ci/toolchain"
expect_text 'amd64: dynamic glibc probes need glibc >= 2.34' "toolchain: says so" "$work/err"
sysroot=$own_cache/plimsoll/toolchain/sysroots/amd64
expect_equal "$(cat "$sysroot/glibc-dynamic/glibc-floor" "$sysroot/glibc-dynamic/libc-version")" "2.34
2.36" "toolchain: the sysroot knows its floor"
expect_exit 0 "toolchain: again" "$ci/toolchain"
sed -E 's,^(amd64 gcc .*SHA256:)....,\10000,' "$ci/sysroots.lock" >"$PLIMSOLL_LOCK"
rm -f "$own_cache"/plimsoll/toolchain/debs/libgcc-*
expect_exit 3 "toolchain: a wrong hash" "$ci/toolchain"
expect_text 'Hash Sum mismatch' "toolchain: says what is wrong" "$work/err"
expect_equal "$(cat "$sysroot/glibc-dynamic/glibc-floor")" 2.34 "toolchain: what was there stays"
rm -rf "$sysroot"
cp "$ci/sysroots.lock" "$PLIMSOLL_LOCK"
rm -rf "$own_cache/plimsoll/toolchain/debs"
expect_exit 3 "toolchain: no mirror" env PLIMSOLL_MIRROR=http://127.0.0.1:1 "$ci/toolchain"
if [ -e "$sysroot" ]; then not_ok "toolchain: nothing half done is left"; else ok "toolchain: nothing half done is left"; fi
expect_exit 2 "toolchain: an unknown platform" env PLIMSOLL_PLATFORMS=linux/amd65 "$ci/toolchain"
expect_exit 2 "toolchain: usage" "$ci/toolchain" --help
