#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Images of registries: a real one (anonymous, htpasswd, tokens, client certificates) and one that
# misbehaves in every way; as root and as an ordinary user.
ci=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=ci/e2e/lib.bash
. "$ci/e2e/lib.bash"
program=$(XDG_CACHE_HOME=$(dirname "$(dirname "$PLIMSOLL_IMAGES")") "$ci/registry") || exit 1
unset DOCKER_CONFIG REGISTRY_AUTH_FILE XDG_RUNTIME_DIR XDG_CONFIG_HOME http_proxy https_proxy HTTPS_PROXY ALL_PROXY all_proxy
export HOME=$work/home PLIMSOLL_RETRIES=2 PLIMSOLL_RETRY_DELAY=0.05 PLIMSOLL_STALL_LIMIT=1
mkdir -p "$HOME"
pids=()
trap 'kill "${pids[@]}" 2>/dev/null; rm -rf "$work"' EXIT

# ---- what the tests say ----

# pull ARGUMENTS...: what is said goes to a file of all that was ever said, too
pull() {
  local status=0
  timeout 60 "$plimsoll" pull -v "$@" >"$work/said" 2>"$work/said.err" || status=$?
  cat "$work/said"
  cat "$work/said.err" >&2
  cat "$work/said" "$work/said.err" >>"$work/everything"
  return $status
}
fresh() { rm -rf "$XDG_CACHE_HOME"; }
# what a failed pull may not leave behind
left() { find "$XDG_CACHE_HOME"/plimsoll/{blobs,roots,work,refs,images,memo} -mindepth 1 -not -path '*/sha256' 2>/dev/null; }
# good NAME ARGUMENTS...
good() {
  fresh
  expect_exit 0 "$1" pull "${@:2}"
}
# bad NAME PATTERN ARGUMENTS...: exit 3, a message, an empty store
bad() {
  fresh
  expect_exit 3 "$1" pull "${@:3}"
  expect_text "$2" "$1: is explained" err
  expect_equal "$(left)" "" "$1: nothing is left"
}
# column N of what the last pull printed
column() { cut -f "$1" "$work/out"; }

# ---- certificates and registries ----

make_certificates() {
  local subject='/CN=plimsoll test'
  mkdir certs client
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "$subject CA" -keyout ca.key -out certs/ca.crt
  for name in server client/me; do
    openssl req -newkey rsa:2048 -nodes -subj "$subject ${name##*/}" -keyout $name.key -out request
    openssl x509 -req -days 2 -in request -CA certs/ca.crt -CAkey ca.key -CAcreateserial -out $name.cert \
      -extfile <(echo 'subjectAltName=IP:127.0.0.1,DNS:localhost')
  done
  cp certs/ca.crt client/
  chmod -R a+rX certs client && chmod a+r client/me.key
}
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# start_registry NAME PORT [LINES OF CONFIGURATION]: storage by name, the log is NAME.log
start_registry() {
  echo "version: 0.1
log: {level: error}
storage: {filesystem: {rootdirectory: $work/storage-${1%-*}}}
http:
  addr: 127.0.0.1:$2
${3:-}" >"$1.yml"
  "$program" serve "$1.yml" >"$1.log" 2>&1 &
  pids+=($!)
  for _ in {1..100}; do if answers "$2"; then return; fi; sleep 0.1; done
  not_ok "registry $1 starts" "$(tail -5 "$1.log")"
}
# start_server VARIABLE SCRIPT ARGUMENTS...: sets the variable to the ports that it prints
start_server() {
  python3 "$ci/e2e/$2" "${@:3}" >"$1.ports" 2>"$1.err" &
  pids+=($!)
  for _ in {1..100}; do if [ -s "$1.ports" ]; then break; fi; sleep 0.1; done
  read -r -a "$1" <"$1.ports" || not_ok "$2 starts" "$(tail -5 "$1.err")"
}
push() { skopeo --insecure-policy copy --quiet "$@" || not_ok "skopeo pushes" "$*"; }
auth_file() { # FILE HOST MEMBERS
  echo "{\"auths\": {\"$2\": {$3}}}" >"$1"
}
base64_of() { printf %s "$1" | base64 -w 0; }

if ! make_certificates 2>certificates.err; then not_ok "certificates" "$(tail -5 certificates.err)"; fi
tls="  tls: {certificate: $work/server.cert, key: $work/server.key}"
htpasswd -Bbn tester hunter2 >passwords
plain=$(free_port) private=$(free_port) mutual=$(free_port) tokens=$(free_port)
start_registry plain "$plain"
start_registry private "$private" "$tls
auth: {htpasswd: {realm: test, path: $work/passwords}}"
start_registry plain-mutual "$mutual" "  tls: {certificate: $work/server.cert, key: $work/server.key, clientcas: [$work/certs/ca.crt]}"
token_server=()
start_server token_server token-server.py server.cert server.key issuer service asked.log
start_registry tokens "$tokens" "$tls
auth: {token: {realm: 'https://127.0.0.1:${token_server[0]}/token', service: service, issuer: issuer, rootcertbundle: $work/certs/ca.crt}}"
# a small image where its size does not matter: what takes long is to make its files last
small=oci:$PLIMSOLL_IMAGES/musl-1.2.5:latest
push --all --dest-tls-verify=false "oci:$PLIMSOLL_IMAGES/debian-12:latest" "docker://127.0.0.1:$plain/debian:12"
push --all --dest-tls-verify=false "$small" "docker://127.0.0.1:$plain/small:1"
push --dest-tls-verify=false --format v2s2 "$small" "docker://127.0.0.1:$plain/schema2:latest"
push --all --dest-cert-dir certs --dest-creds tester:hunter2 "$small" "docker://127.0.0.1:$private/team/small:1"
for name in public private; do
  push --dest-cert-dir certs --dest-creds tester:hunter2 "$small" "docker://127.0.0.1:$tokens/$name/small:1"
done

# ---- anonymous ----

open=(--tls-verify=false)
good "Debian's image" "127.0.0.1:$plain/debian:12" "${open[@]}"
debian=$(column 5)
expect_exit 0 "Debian's image: from its layout" pull "oci:$PLIMSOLL_IMAGES/debian-12:latest"
expect_equal "$(column 5)" "$debian" "Debian's image: the same root"
image=127.0.0.1:$plain/small:1
index=$(skopeo inspect --raw --tls-verify=false "docker://$image" | sha256sum | cut -c 1-64)
manifest() { skopeo inspect --raw --tls-verify=false "docker://$image" | jq -r --arg arch "$1" '.manifests[] | select(.platform.architecture == $arch).digest'; }
amd64=$(manifest amd64) arm64=$(manifest arm64)
bad "plain HTTP without a word" 'wrong version number.*--tls-verify=false' "$image"
good "anonymous" "$image" "${open[@]}"
expect_text 'plimsoll: --tls-verify=false: ' "anonymous: the missing verification is told" err
expect_equal "$(column 1-3)" "docker://$image	linux/amd64	$amd64" "anonymous: reference, platform and digest"
chain=$(column 5)
expect_equal "$(cd "$XDG_CACHE_HOME/plimsoll/blobs/sha256" && sha256sum -- * | awk '$1 != $2')" "" "anonymous: blobs are what their names say"
expect_exit 0 "anonymous: again" pull "$image" "${open[@]}"
expect_equal "$(grep -c '^GET' err)" 0 "anonymous: nothing is fetched again"
expect_exit 0 "anonymous: offline" pull "$image" --offline
expect_equal "$(column 5)" "$chain" "anonymous: offline it is the same"
expect_exit 3 "offline: another image" pull "127.0.0.1:$plain/small:2" --offline
expect_text "not in the cache.*run \"plimsoll pull 127.0.0.1:$plain/small:2\"" "offline: what to do is told" err
expect_exit 3 "offline: another platform" pull "$image" --platform linux/arm64 --offline
expect_text "manifest $arm64 is not in the cache" "offline: what is missing is told" err
good "all platforms" "$image" "${open[@]}" --platform all
expect_equal "$(column 2,3)" "linux/amd64	$amd64
linux/arm64	$arm64" "all platforms: of an index"
good "fetched only" "$image" "${open[@]}" --fetch-only
expect_equal "$(column 3-5)" "$amd64	-	-" "fetched only: no root yet"
expect_exit 0 "fetched only: unpacked offline" pull "$image" --offline
expect_equal "$(column 5)" "$chain" "fetched only: the same root"
good "by digest" "127.0.0.1:$plain/small@$arm64" "${open[@]}"
expect_equal "$(column 1-3)" "docker://127.0.0.1:$plain/small@$arm64	linux/arm64	$arm64" "by digest: of that platform"
expect_exit 0 "by digest: again, without asking" pull "127.0.0.1:$plain/small@$arm64"
good "by tag and digest" "127.0.0.1:$plain/small:none@sha256:$index" "${open[@]}"
expect_equal "$(column 3)" "$amd64" "by tag and digest: the digest decides"
good "Docker schema 2" "127.0.0.1:$plain/schema2" "${open[@]}"
expect_equal "$(column 5)" "$chain" "Docker schema 2: the same root"
bad "no such tag" "404 Not Found \(MANIFEST_UNKNOWN: .*check the name and the tag" "127.0.0.1:$plain/small:none" "${open[@]}"
bad "no such repository" '404 Not Found \(MANIFEST_UNKNOWN: ' "127.0.0.1:$plain/none" "${open[@]}"
bad "no such port" 'Failed to connect.*check the name and the network' "127.0.0.1:1/none" "${open[@]}"
bad "no such platform" 'no image for linux/s390x: there is linux/amd64, linux/arm64' "$image" "${open[@]}" --platform linux/s390x
expect_exit 2 "a wrong reference" pull "127.0.0.1:$plain/Small"
expect_text 'did you mean "small"' "a wrong reference is mended" err

# the identity in results
good "checked from a registry: pulled" "$image" "${open[@]}"
expect_exit 0 "checked from a registry" "$plimsoll" check "$image" "${open[@]}" --check 'entropy.rand.*' --flavor musl-static --results r.jsonl
expect_equal "$(jq -r 'select(.type == "image") | [.reference, .index_digest, .manifest_digest] | join(" ")' r.jsonl)" \
  "docker://$image sha256:$index $amd64" "results: reference, index and manifest"

# two at once: one download
fresh
: >plain.log
for n in 1 2; do "$plimsoll" pull "$image" "${open[@]}" >"two.$n" 2>"two.err.$n" & two[n]=$!; done
if wait "${two[1]}" && wait "${two[2]}"; then ok "two at once: both succeed"; else not_ok "two at once: both succeed" "$(cat two.err.*)"; fi
expect_equal "$(cat two.1)" "$(cat two.2)" "two at once: the same image"
layer=$(skopeo inspect --raw --tls-verify=false "docker://127.0.0.1:$plain/small@$amd64" | jq -r '.layers[0].digest')
expect_equal "$(grep -c "GET /v2/small/blobs/$layer" plain.log)" 1 "two at once: the layer is fetched once"

# a blob that is damaged in the store
blob=$XDG_CACHE_HOME/plimsoll/blobs/sha256/${layer#sha256:}
damage() {
  chmod u+w "$blob"
  printf x | dd of="$blob" bs=1 seek=5000 conv=notrunc status=none
  rm -rf "$XDG_CACHE_HOME"/plimsoll/{roots,images}
}
damage
expect_exit 0 "a damaged layer is fetched again" pull "$image" "${open[@]}"
expect_text "blob $layer in the cache is damaged" "a damaged layer is named" err
expect_equal "$(column 5)" "$chain" "a damaged layer: the root is right"
damage
expect_exit 3 "a damaged layer, offline" pull "$image" --offline
expect_text "blob $layer in the cache is damaged" "a damaged layer, offline: is named" err

# ---- a password, a private CA ----

image=127.0.0.1:$private/team/small:1 ca=(--cert-dir certs)
basic="\"auth\": \"$(base64_of tester:hunter2)\""
auth_file right.json "127.0.0.1:$private" "$basic"
auth_file wrong.json "127.0.0.1:$private/team" "\"auth\": \"$(base64_of tester:hunter3)\""
bad "an unknown CA" 'certificate.*--cert-dir DIR.*--tls-verify=false' "$image" --authfile right.json
bad "no credentials" "401 Unauthorized \(UNAUTHORIZED: .*asked anonymously \(no credentials for it in wrong.json\).*skopeo login 127.0.0.1:$private" \
  "127.0.0.1:$private/other/small:1" "${ca[@]}" --authfile wrong.json
bad "no auth file" 'asked anonymously \(there is no auth file\)' "$image" "${ca[@]}"
bad "a wrong password" '401 Unauthorized.*asked with the credentials of wrong.json: log in again' "$image" "${ca[@]}" --authfile wrong.json
good "a password" "$image" "${ca[@]}" --authfile right.json
expect_equal "$(column 5)" "$chain" "a password: the same root"
good "a password, unverified" "$image" "${open[@]}" --authfile right.json
mkdir -p "$HOME/.docker" "$HOME/.config/containers/certs.d/127.0.0.1:$private"
cp right.json "$HOME/.docker/config.json"
cp certs/ca.crt "$HOME/.config/containers/certs.d/127.0.0.1:$private/"
good "everything where docker and podman keep it" "$image"
expect_exit 2 "no such auth file" pull "$image" --authfile none.json
expect_exit 2 "no such folder of certificates" pull "$image" --cert-dir none
mkdir helpers
# shellcheck disable=SC2016 # the helper expands it
printf '#!/bin/sh\nread -r server\n[ "$server" = 127.0.0.1:%s ] || exit 5\necho "{\\"Username\\": \\"tester\\", \\"Secret\\": \\"hunter2\\"}"\n' "$private" >helpers/docker-credential-right
printf '#!/bin/sh\necho hunter2; echo hunter2 >&2; exit 7\n' >helpers/docker-credential-wrong
chmod +x helpers/*
for name in right wrong; do echo "{\"credHelpers\": {\"127.0.0.1:$private\": \"$name\"}}" >"helper-$name.json"; done
PATH=$work/helpers:$PATH good "a credential helper" "$image" --authfile helper-right.json
PATH=$work/helpers:$PATH bad "a helper that fails" 'docker-credential-wrong ended with status 7' "$image" --authfile helper-wrong.json
rm -r "$HOME/.docker" "$HOME/.config"
bad "a certificate of ours is wanted" 'wants to see a certificate .*--cert-dir DIR, as NAME.cert and NAME.key' "127.0.0.1:$mutual/small:1" "${ca[@]}"
good "a certificate of ours" "127.0.0.1:$mutual/small:1" --cert-dir client

# ---- tokens ----

host=127.0.0.1:$tokens
auth_file right.json "$host" "$basic"
auth_file wrong.json "$host" "\"auth\": \"$(base64_of tester:hunter3)\""
auth_file identity.json "$host" "\"auth\": \"$(base64_of tester:)\", \"identitytoken\": \"refresh-hunter2\""
auth_file revoked.json "$host" '"identitytoken": "refresh-hunter3"'
: >asked.log
good "an anonymous token" "$host/public/small:1" "${ca[@]}"
expect_equal "$(jq -c . asked.log)" '{"method":"GET","how":"anonymous","scope":["repository:public/small:pull"],"service":["service"]}' "an anonymous token: one for all"
bad "a token without the right" '401 Unauthorized.*asked anonymously' "$host/private/small:1" "${ca[@]}"
good "a token for a password" "$host/private/small:1" "${ca[@]}" --authfile right.json
expect_equal "$(column 5)" "$chain" "a token: the same root"
bad "a token server refuses the password" 'token server https://127.0.0.1:[0-9]+/token of registry .*401 Unauthorized \(incorrect username or password\).*credentials of wrong.json' \
  "$host/private/small:1" "${ca[@]}" --authfile wrong.json
: >asked.log
good "a token for an identity token" "$host/private/small:1" "${ca[@]}" --authfile identity.json
expect_equal "$(jq -r '.method + " " + .how' asked.log)" "POST refresh_token" "a token for an identity token: by OAuth2"
bad "a revoked identity token" 'invalid_grant: this token was revoked.*credentials of revoked.json' "$host/private/small:1" "${ca[@]}" --authfile revoked.json

# ---- a registry that misbehaves ----

server=()
start_server server registry-server.py "$PLIMSOLL_IMAGES/musl-1.2.5" requests.log
host=127.0.0.1:${server[0]}
auth_file basic.json "$host" "$basic"
try=("${open[@]}" --authfile basic.json)
# requests QUERY: of the requests so far, what jq makes of each
requests() { jq -r "select($1) | ${2:-.path}" requests.log; }

good "as it should be" "$host/good" "${try[@]}"
chain=$(column 5)
same() { expect_equal "$(column 5)" "$chain" "$1: the image is right"; }
for mode in cut cut-whole cut-wrong cut-416; do
  good "$mode" "$host/$mode" "${try[@]}"
  same "$mode"
  expect_equal "$(requests "(.path | startswith(\"/v2/$mode/blobs\")) and (.range // \"\" | test(\"^bytes=[1-9][0-9]+-$\"))" .method | head -1)" GET "$mode: goes on where it was cut"
done
good "a foreign redirect" "$host/redirect" "${try[@]}"
same "a foreign redirect"
expect_equal "$(requests '.port == "registry" and (.path | startswith("/v2/redirect/blobs")) and .authorization != null' | wc -l)" 2 "a foreign redirect: the registry was told who asks"
expect_equal "$(requests '.port == "other"' .authorization)" null "a foreign redirect: the other host was not"
good "a token expires" "$host/expired" "${try[@]}"
same "a token expires"
expect_equal "$(requests '.path | startswith("/token/expired")' | wc -l)" 2 "a token expires: once"
for mode in limit limit-date flaky; do good "$mode" "$host/$mode" "${try[@]}"; same "$mode"; done
http_proxy=http://$host https_proxy=http://$host good "through a proxy" registry.invalid/good:latest "${try[@]}"
same "through a proxy"

while read -r mode pattern; do
  bad "$mode" "$pattern" "$host/$mode" "${try[@]}" --retries "$(case $pattern in *slow*) echo 1 ;; *) echo 2 ;; esac)"
done <<'LIST'
cut-for-ever cannot fetch it from registry .* in 3 attempts
cut-unevenly cannot fetch it from registry .* in 3 attempts
damaged layer sha256:[0-9a-f]{64} is damaged: its digest is sha256:
short layer sha256:[0-9a-f]{64} has [0-9]+ bytes, not the [0-9]+ that it should have
long layer sha256:[0-9a-f]{64} is longer than the [0-9]+ bytes
endless layer sha256:[0-9a-f]{64} is longer than the [0-9]+ bytes
loris in 2 attempts \(Operation too slow
loris-head in 2 attempts \(Operation too slow
silent in 2 attempts \(Operation too slow.*--stall-limit
reset in 3 attempts \(Empty reply
headers the headers of the answer are longer than 65536 bytes
header-line a line of its answer does not end
promise the packed layers are said to be larger: the limit is .*--unpack-limit
huge manifest latest is larger than 4194304 bytes
huge-chunked manifest latest is larger than 4194304 bytes
garbage index sha256:[0-9a-f]{64}: line 1, column
binary index sha256:[0-9a-f]{64}: line 1
empty index sha256:[0-9a-f]{64}: line 1
html (line 1|not JSON)
schema1 Docker's schema 1, which is not supported
both both an index and a manifest
other-type is served as .*index.* and says that it is .*manifest
other-digest says that its digest is sha256:0+, and it is sha256:
sha512 is not a sha256 digest
wrong-manifest is longer than the [0-9]+ bytes
gone 404 Not Found \(BLOB_UNKNOWN: blob unknown to registry\)
broken answered 500 Internal Server Error \(UNKNOWN: out of order\) 3 times
broken-blob answered 503 Service Unavailable \(UNAVAILABLE: try later\) 3 times
limit-long pull rate limit.\), asked .*: its rate limit is reached: try again in 3600 seconds
limit-for-ever TOOMANYREQUESTS: You have reached .* \(100 requests in 6 hours, 0 left\)
denied 403 Forbidden \(DENIED: not \\x1b\[31m for you: a\\x0ab\), asked
refused 401 Unauthorized \(UNAUTHORIZED: authentication required\), asked with the credentials of basic.json
no-token token server http://127.0.0.1:[0-9]+/token/no-token of registry .* 403 Forbidden \(DENIED: no token for you\)
bad-token its answer holds no token
negotiate asks for authentication by Negotiate
foreign-401 http://localhost:[0-9]+/v2/refused/blobs/x \(a redirect of registry .*\) answered 401
loop redirects once more, after ten times: a loop
nowhere redirects to nowhere
file redirects to what is neither https:// nor http://
user-info redirects to a URL that names a user, which is not followed
LIST
expect_equal "$(requests '.path | startswith("/v2/refused/blobs")' .authorization)" null "foreign-401: the other host is not told who asks"
expect_equal "$(requests '.path | startswith("/token/refused")' | wc -l)" 2 "refused: two tokens are tried, no more"
# ---- many layers at once ----

# make_layers LAYOUT: twelve of 300 KB each, the first twice
make_layers() {
  local layers=() diffs=() i sum
  mkdir -p "$1/blobs/sha256" files
  put() { sum=$(sha256sum "$2" | cut -c 1-64) && mv "$2" "$1/blobs/sha256/$sum"; }
  for i in 01 02 03 04 05 06 07 08 09 10 11 12; do
    openssl enc -aes-128-ctr -K "00$i" -iv 00 -in /dev/zero 2>/dev/null | head -c 300000 >"files/$i"
    tar --create --owner 0 --group 0 --mtime @0 --directory files --file layer.tar "$i"
    put "$1" layer.tar
    diffs+=("\"sha256:$sum\"")
    layers+=("{\"mediaType\": \"application/vnd.oci.image.layer.v1.tar\", \"size\": $(stat -c %s "$1/blobs/sha256/$sum"), \"digest\": \"sha256:$sum\"}")
  done
  diffs+=("${diffs[0]}") layers+=("${layers[0]}")
  jq -c -n --argjson diffs "$(jq -s . <<<"${diffs[*]}")" '{os: "linux", architecture: "amd64", config: {}, rootfs: {type: "layers", diff_ids: $diffs}}' >config
  local size type=application/vnd.oci.image
  size=$(stat -c %s config)
  put "$1" config
  jq -c -n --arg type $type --arg digest "sha256:$sum" --argjson size "$size" --argjson layers "$(jq -s . <<<"${layers[*]}")" \
    '{schemaVersion: 2, mediaType: ($type + ".manifest.v1+json"), config: {mediaType: ($type + ".config.v1+json"), digest: $digest, size: $size}, layers: $layers}' >manifest
  size=$(stat -c %s manifest)
  put "$1" manifest
  jq -n --arg type $type --arg digest "sha256:$sum" --argjson size "$size" \
    '{schemaVersion: 2, manifests: [{mediaType: ($type + ".manifest.v1+json"), digest: $digest, size: $size}]}' >"$1/index.json"
  jq -r '.layers[].digest' "$1/blobs/sha256/$sum" | sort -u >layers
}
make_layers many
many=()
start_server many registry-server.py "$work/many" many.log
layered=127.0.0.1:${many[0]}
for mode in good cut; do
  : >many.log
  good "many layers: $mode" "$layered/$mode" "${open[@]}"
  expect_equal "$(cd "$(column 4)" && sha256sum -- *)" "$(cd files && sha256sum -- *)" "many layers: $mode: all files are there"
  expect_equal "$(jq -r 'select((.path | contains("/blobs/")) and .range == null) | .path | sub(".*/"; "")' many.log | sort | grep -vFx "$(jq -r .config.digest many/blobs/sha256/"$(jq -r '.manifests[0].digest[7:]' many/index.json)")")" "$(cat layers)" "many layers: $mode: each is begun once"
done
expect_equal "$(jq -r 'select(.range != null) | .range' many.log | sort -u | wc -l)" 1 "many layers: cut: each goes on in its middle"
for mode in last-damaged last-gone last-slow; do bad "many layers: $mode" 'layer sha256:[0-9a-f]{64}' "$layered/$mode" "${open[@]}" --retries 0; done

secure=()
start_server secure registry-server.py "$PLIMSOLL_IMAGES/musl-1.2.5" secure.log server.cert server.key
bad "a redirect to plain HTTP" 'redirects from https:// to http://, which is not followed' "127.0.0.1:${secure[0]}/downgrade" "${ca[@]}"
good "HTTPS that is spoken" "127.0.0.1:${secure[0]}/good" "${ca[@]}"
same "HTTPS that is spoken"

# ---- nobody tells a secret ----

everything=$(grep -rhoE 'hunter2|hunter3|token-[0-9]|X-Signature|eyJ[A-Za-z]|'"$(base64_of tester:hunter2 | tr -d =)" "$work/everything" r.jsonl | sort | uniq -c)
expect_equal "$everything" "" "no secret is told"
expect_equal "$(grep -rlE 'hunter2|hunter3|token-[0-9]' "$XDG_CACHE_HOME")" "" "no secret is kept"

# ---- an ordinary user ----

chmod 755 "$work"
for file in basic.json right.json; do chmod a+r "$file"; done
ordinary() { unprivileged env -u XDG_RUNTIME_DIR "$plimsoll" pull "$@"; }
expect_exit 0 "an ordinary user: a misbehaving registry" ordinary "$host/cut-whole" "${open[@]}"
same "an ordinary user"
expect_exit 0 "an ordinary user: a password" ordinary "127.0.0.1:$tokens/private/small:1" --cert-dir "$work/certs" --authfile "$work/right.json"
XDG_CACHE_HOME=$work/home/cache
rm -rf "$XDG_CACHE_HOME"
expect_exit 3 "an ordinary user: a damaged layer" ordinary "$host/damaged" "${open[@]}"
expect_equal "$(left)" "" "an ordinary user: nothing is left"
