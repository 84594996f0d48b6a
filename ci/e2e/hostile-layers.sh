#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Hostile layers (hostile_layers.py) leave nothing outside the root, and end in a clear error and an
# empty store or in the documented handling; for root and for a user without powers.
# shellcheck source=ci/e2e/lib.bash
. "$(dirname "$0")/lib.bash"

mkdir -p canary/dir cases
echo safe >canary/file
echo safe >canary/dir/file
chmod 777 canary canary/dir && chmod 666 canary/file
if [ "$(id -u)" = 0 ]; then chown -R 65534:65534 canary; fi # his own, so that he could do harm
/usr/bin/python3 "$tests/hostile_layers.py" cases "$work/canary" || not_ok "the cases are made"

# Whatever can be seen outside: the canary with its links and changes, and names used by the cases.
outside() {
  find canary -printf '%p %y %m %U:%G %s %n %T@ %C@ %l\n' | sort
  cat canary/file canary/dir/file
  find / /tmp "$work" "$work/cases" "$HOME" -maxdepth 1 \( -name '*pwned*' -o -name 'link' \) 2>/dev/null
  find "$1" -mindepth 1 -maxdepth 2 ! -path '*/sha256' 2>/dev/null | grep -Ev '/(blobs|roots|images|refs|memo|lock|work)(/|$)'
}

# hold EXPECT WHO: the commands of an expect file, in the root that was unpacked
hold() {
  local line
  while read -r line; do
    case $line in
    "root: "*) [ "$2" = root ] || continue; line=${line#root: } ;;
    esac
    root=$root bash -c "$line" >/dev/null 2>&1 || echo "does not hold: $line"
  done < <(tail -n +2 "$1")
}

# attempt NAME WHO COMMAND...: pulls the image of a case
attempt() {
  local name=$1 who=$2 expect=cases/$1/expect got=0 faults=() cache=$work/caches/$2 before want pattern
  shift 2
  read -r want pattern <"$expect"
  before=$(outside "$cache")
  # shellcheck disable=SC2046 # options are words
  "$@" "$plimsoll" pull "oci:$work/images/$name" --quiet --cache "$cache" $(cat "cases/$name/options") >out 2>err </dev/null || got=$?
  [ "$(outside "$cache")" = "$before" ] || faults+=("something outside was touched: $(diff <(echo "$before") <(outside "$cache"))")
  if grep -q $'[\001-\010\013-\037\177]' err; then faults+=("control characters in the message"); fi
  if [ "$want" = error ]; then
    [ "$got" = 3 ] || faults+=("exit $got, not 3")
    grep -Eq "oci:.*/$name: .*layer sha256:[0-9a-f]{64}: " err || faults+=("it names no image and layer")
    grep -Eq -- "$pattern" err || faults+=("it does not say /$pattern/")
    [ -z "$(find "$cache"/{roots,work,lock} -mindepth 1 ! -name sha256)" ] || faults+=("the store is not empty")
  else
    [ "$got" = 0 ] || faults+=("exit $got, not 0")
    root=$(cut -f 4 out)
    if [ "$got" = 0 ]; then
      mapfile -O ${#faults[@]} -t faults < <(hold "$expect" "$who")
      jq -e . "$root/../record.json" >/dev/null || faults+=("the record is no JSON")
      "$@" "$plimsoll" cache prune --older 0 --cache "$cache" >/dev/null 2>err || faults+=("it cannot be removed")
      [ ! -e "$root" ] || faults+=("it was not removed")
    fi
  fi
  if [ ${#faults[@]} = 0 ]; then ok "$who: $name"; else not_ok "$who: $name" "$(printf '%s\n' "${faults[@]}"; head -c 1000 err)"; fi
}

mkdir caches images
if [ "$(id -u)" = 0 ]; then
  mkdir -p home caches/nobody && chown 65534:65534 home caches/nobody
fi
for path in cases/*; do
  name=${path#cases/}
  PACK="cat" layout "images/$name" "$path"/*.tar
  chmod -R a+rX "images/$name"
  if [ "$(id -u)" = 0 ]; then
    attempt "$name" root env
    attempt "$name" nobody unprivileged
  else
    attempt "$name" "$(id -un)" env
  fi
  rm -rf "images/$name" "$path"
done
[ "$(id -u)" = 0 ] || skip "root: the same" "not root"
