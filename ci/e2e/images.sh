#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Every image and transport of ci/images against the built-in rules.
# shellcheck source=ci/e2e/lib.bash
. "$(dirname "$0")/lib.bash"
references=()
for name in debian-11 debian-12 debian-13 musl-1.2.3 musl-1.2.5; do references+=("oci:$PLIMSOLL_IMAGES/$name:latest"); done
expect_exit 0 "all images, both platforms" "$plimsoll" check "${references[@]}" --platform all --report json=all.json --report junit=all.xml --report terminal
expect_json '.summary | .new == 0 and .missing == 0 and .error == 0 and .diverged == 0' "nothing new, missing or error" all.json
expect_json '[.verdicts[].platform] | unique == ["linux/amd64", "linux/arm64"]' "both platforms" all.json
expect_json '[.verdicts[].flavor] | unique | length == 5' "four flavors and the image itself" all.json
expect_json '[.verdicts[] | select(.status == "value" and .verdict == "pass")] | length > 1000' "many values" all.json
if xmllint --noout --schema "$tests/../../reports/junit.xsd" all.xml 2>xml.err; then ok "JUnit is valid"; else not_ok "JUnit is valid" "$(head xml.err)"; fi

first=$(jq -c '[.verdicts[] | select(.image | test("debian-12")) | select(.platform == "linux/amd64") | del(.image, .cause)] | sort_by(.flavor, .check)' all.json)
for transport in oci docker; do
  expect_exit 0 "$transport-archive" "$plimsoll" check "$transport-archive:$PLIMSOLL_IMAGES/archives/debian-12-amd64.$transport.tar" --platform linux/amd64 --report json=one.json
  expect_equal "$(jq -c '[.verdicts[] | del(.image, .cause)] | sort_by(.flavor, .check)' one.json)" "$first" "$transport-archive: the same verdicts as from the layout"
done

expect_exit 3 "a platform that the image has not" "$plimsoll" check "oci:$PLIMSOLL_IMAGES/debian-12:latest" --platform linux/s390x
expect_text 'linux/amd64' "the platforms that it has are told" err
cp -r "$PLIMSOLL_IMAGES/debian-12" damaged
for blob in damaged/blobs/sha256/*; do [ "$(stat -c %s "$blob")" -lt 100000 ] || printf x | dd of="$blob" bs=1 seek=5000 conv=notrunc status=none; done
expect_exit 3 "a damaged layer" env XDG_CACHE_HOME="$work/other" "$plimsoll" check oci:damaged:latest --platform linux/amd64
expect_text 'sha256:[0-9a-f]{64}' "the damaged blob is named" err
