#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Images of engines through their API: a real Podman with a storage of its own, and an engine that
# misbehaves in every way.
# shellcheck source=ci/e2e/lib.bash
. "$(dirname "$0")/lib.bash"
unset DOCKER_HOST CONTAINER_HOST
archive=$PLIMSOLL_IMAGES/archives/debian-12-amd64.docker.tar
member=$(tar -xOf "$archive" manifest.json | jq -r '.[0].Config')
config=$(tar -xOf "$archive" "$member")
id=sha256:$(tar -xOf "$archive" "$member" | sha256sum | cut -c 1-64)
diff_id=$(jq -r '.rootfs.diff_ids[0]' <<<"$config")
root_of() { cut -f5 out; } # its chain id

# ---- no engine ----
expect_exit 3 "no Docker" env DOCKER_HOST="unix://$work/none" "$plimsoll" pull docker-daemon:x
expect_text "no Docker answers: tried $work/none of DOCKER_HOST \(No such file.*systemctl start docker" "the socket and the next step are told" err
expect_exit 3 "no Podman" env XDG_RUNTIME_DIR="$work" CONTAINER_HOST= "$plimsoll" pull containers-storage:x
expect_text "tried $work/podman/podman.sock .*, /run/podman/podman.sock " "every socket that was tried is told" err
expect_exit 2 "an engine elsewhere" env DOCKER_HOST=tcp://127.0.0.1:2375 "$plimsoll" pull docker-daemon:x
expect_text 'only unix://SOCKET is supported.*skopeo copy' "what to do instead is told" err

# ---- one that misbehaves ----
mkdir answers
ok_head=$'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n'
answer() { # CASE json|get HEAD: body from stdin
  local body=$work/body
  cat >"$body"
  { printf '%sContent-Length: %d\r\n\r\n' "$3" "$(stat -c %s "$body")" && cat "$body"; } >"answers/$1.$2"
}
inspect() { jq -c '{Id: $id, Os: "linux", Architecture: .architecture, Config: .config, RootFS: {Type: "layers", Layers: .rootfs.diff_ids}}' --arg id "$id" <<<"$config"; }
cases='good other damaged short long open cut reset refused text half'
for case in $cases; do inspect | answer "$case" json "$ok_head"; done
answer good get "$ok_head" <"$archive"
answer other get "$ok_head" < <(skopeo copy -q "oci:$PLIMSOLL_IMAGES/musl-1.2.5:latest" docker-archive:/dev/stdout:other:latest)
{ cat "$archive" && head -c 1000 /dev/urandom; } | tr '\000' '\001' | answer damaged get "$ok_head"
head -c 9000000 "$archive" | answer half get "$ok_head"
: | answer text get "$ok_head"
size=$(stat -c %s "$archive")
{ printf '%sContent-Length: %d\r\n\r\n' "$ok_head" "$size" && head -c 500000 "$archive"; } >answers/short.get
{ printf '%sTransfer-Encoding: chunked\r\n\r\n100000\r\n' "$ok_head" && head -c 500000 "$archive"; } >answers/cut.get
{ printf '%s\r\n' "$ok_head" && head -c 500000 "$archive"; } >answers/open.get
printf '{"message":"disk is \\u001b!"}' | answer refused get $'HTTP/1.1 500 Internal Server Error\r\n'
: >answers/reset.get
printf 'HTTP/1.1 500 Oops\r\nContent-Length: 2\r\n\r\n??' >answers/broken.json
echo 'this is no JSON' | answer garbage json "$ok_head"
echo '[]' | answer array json "$ok_head"
echo '{"Id":"sha256:1","Os":"linux","Architecture":"amd64"}' | answer layerless json "$ok_head"
inspect | jq -c '.RootFS.Layers = ["../../etc"]' | answer evil json "$ok_head"
inspect | jq -c '.Architecture = "vax"' | answer foreign json "$ok_head"
{ printf '{"Id":"' && head -c 5000000 /dev/zero | tr '\000' x && printf '"}'; } | answer large json "$ok_head"
printf 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"Id"' >answers/early.json
printf 'SSH-2.0-OpenSSH\r\n' >answers/other-protocol.json

mkfifo hold
"$tests/fake-engine" "$work/engine.sock" "$work/answers" <hold &
engine=$!
exec 7>hold
for _ in {1..100}; do
  if [ -S engine.sock ]; then break; fi
  sleep 0.05
done
export DOCKER_HOST=unix://$work/engine.sock
pull() { "$plimsoll" pull "docker-daemon:$1" -q --cache "$work/cache-$1"; }
# expect_nothing CASE: neither a root nor work nor locks
expect_nothing() { expect_equal "$(find "cache-$1"/{roots/sha256,work,lock,blobs/sha256} -mindepth 1 2>/dev/null)" "" "$1: nothing is left in the store"; }

expect_exit 0 "an image of Docker" pull good
expect_equal "$(root_of)" "$diff_id" "it is the image that the archive holds"
expect_exit 0 "the same again" pull good
expect_equal "$(grep -c /get answers/log)" 1 "a root that is there is not fetched again"
expect_exit 0 "run twice, cached and not" "$plimsoll" run docker-daemon:good --check entropy.rand.seq --results one.jsonl
expect_exit 0 "run from the cache" "$plimsoll" run docker-daemon:good --check entropy.rand.seq --results two.jsonl
images() { jq -c 'select(.type == "image")' "$1"; }
expect_equal "$(images two.jsonl)" "$(images one.jsonl)" "its identity is the same, fetched or cached"
expect_exit 3 "no such image" pull nothing
expect_text 'has no image docker.io/library/nothing:latest: no such image' "the engine's words are told" err
# CASE and what is said
while read -r case pattern; do
  expect_exit 3 "$case" pull "$case"
  expect_text "$pattern" "$case: what is wrong is told" err
  expect_nothing "$case"
done <<'CASES'
broken HTTP status 500
garbage is no JSON object
array is no JSON object
layerless lists no diff ids
evil is not a sha256 digest
foreign there is linux/vax
large larger than 4194304 bytes
early the answer ended early
other-protocol the answer ended early
other is another image's
damaged the archive that the engine sent of docker.io/library/damaged:latest
short the answer ended early
cut the answer ended early
open (truncated|ends|not a|no file|Truncated)
half (truncated|ends|not a|no file|Truncated)
text the archive that the engine sent of
reset the answer ended early
refused HTTP status 500: disk is .x1b!
CASES
chmod 600 engine.sock
chmod 755 "$work"
if [ "$(id -u)" = 0 ]; then
  expect_exit 3 "a socket of somebody else's" unprivileged env DOCKER_HOST="$DOCKER_HOST" "$plimsoll" pull docker-daemon:good -q
  expect_text 'Permission denied.*group docker' "who may use it is told" err
else
  skip "a socket of somebody else's" "needs root"
fi
exec 7>&-
wait "$engine"
expect_exit 3 "an engine that has ended" pull good
expect_text 'Connection refused' "nobody listens any more" err
unset DOCKER_HOST

# ---- a real Podman: its own storage, and cgroups as its runtime wants them ----
# shellcheck disable=SC2016 # expanded by the inner shell
serve='umount -l /sys/fs/cgroup 2>/dev/null
  mount -t cgroup2 none /sys/fs/cgroup
  printf "[storage]\ndriver = \"overlay\"\nrunroot = \"%s\"\ngraphroot = \"%s\"\n" "$1/run" "$1/graph" >"$1/storage.conf"
  export CONTAINERS_STORAGE_CONF=$1/storage.conf
  podman --cgroup-manager cgroupfs load -q -i "$2" &&
    exec podman --cgroup-manager cgroupfs system service --time 0 "unix://$1/podman.sock"'
mkdir podman
if [ "$(id -u)" = 0 ]; then
  setsid unshare -m sh -c "$serve" sh "$work/podman" "$archive" >podman/log 2>&1 &
  podman=$!
  for _ in {1..300}; do
    if [ -S podman/podman.sock ] || ! kill -0 "$podman" 2>/dev/null; then break; fi
    sleep 0.1
  done
fi
if [ -S podman/podman.sock ]; then
  export CONTAINER_HOST=unix://$work/podman/podman.sock
  reference=containers-storage:$(tar -xOf "$archive" manifest.json | jq -r '.[0].RepoTags[0]')
  expect_exit 0 "an image of Podman" "$plimsoll" pull "$reference" -q --cache "$work/podman/cache"
  expect_equal "$(root_of)" "$diff_id" "it is the image that was loaded"
  expect_exit 0 "by its id" "$plimsoll" pull "containers-storage:$id" -q --cache "$work/podman/cache"
  expect_exit 0 "Podman as Docker" env DOCKER_HOST="$CONTAINER_HOST" "$plimsoll" pull "docker-daemon:${reference#*:}" -q --cache "$work/podman/cache2"
  expect_exit 3 "no such image of Podman" "$plimsoll" pull containers-storage:no/such -q
  expect_text 'has no image docker.io/no/such:latest' "its name is told in full" err
  expect_exit 0 "its check" "$plimsoll" check "$reference" --check 'time.*' --report json=podman.json
  expect_json '.summary.diverged == 0 and .summary.error == 0' "nothing diverges" podman.json
else
  skip "a real Podman" "it does not serve here: $(tail -1 podman/log 2>/dev/null || echo needs root)"
fi
if [ -n "${podman:-}" ]; then
  kill "$podman" 2>/dev/null
  wait "$podman" 2>/dev/null
fi
