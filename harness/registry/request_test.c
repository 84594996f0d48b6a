/* SPDX-License-Identifier: Apache-2.0 */
/* URLs: what they have in common, and what of them is shown. */
#include "harness/registry/fetch.h"
#include "harness/registry/suite.h"

static const struct {
    const char *a, *b;
    bool same;
} origins[] = {
    {"https://h.example/x", "https://h.example/y?z", true},
    {"https://h.example/x", "https://H.EXAMPLE:443/x", true},
    {"http://h.example:80/", "http://h.example/", true},
    {"https://[::1]:5/x", "https://[::1]:5/y", true},
    {"https://h.example/", "http://h.example/", false},
    {"https://h.example/", "https://h.example:444/", false},
    {"https://h.example/", "https://h.example.evil.example/", false},
    {"https://h.example/", "https://evil.example/h.example/", false},
    {"https://h.example/", "https://h.example@evil.example/", false},
    {"https://h.example/", "//h.example/", false},
    {"", "", false},
};

START_TEST(origins_are_compared)
{
    ck_assert_int_eq(request_same_origin(origins[_i].a, origins[_i].b), origins[_i].same);
    ck_assert_int_eq(request_same_origin(origins[_i].b, origins[_i].a), origins[_i].same);
}
END_TEST

static const struct {
    const char *url, *shown;
} shown[] = {
    {"https://h.example/v2/x/blobs/sha256:1", "https://h.example/v2/x/blobs/sha256:1"},
    {"https://h.example/x?X-Signature=hunter2#hunter2", "https://h.example/x"},
    {"https://me:hunter2@h.example:444/x", "https://h.example:444/x"},
    {"hunter2:not a URL", "(not a URL)"},
};

START_TEST(secrets_are_not_shown)
{
    CLEANUP_FREE char *text = request_shown_url(shown[_i].url);
    ck_assert_str_eq(text, shown[_i].shown);
}
END_TEST

START_TEST(users_are_found)
{
    ck_assert(request_names_user("https://me@h.example/"));
    ck_assert(request_names_user("https://me:hunter2@h.example/"));
    ck_assert(!request_names_user("https://h.example/me@x"));
}
END_TEST

int main(void)
{
    TCase *c = tcase_create("request");
    tcase_add_loop_test(c, origins_are_compared, 0, sizeof origins / sizeof *origins);
    tcase_add_loop_test(c, secrets_are_not_shown, 0, sizeof shown / sizeof *shown);
    tcase_add_test(c, users_are_found);
    return run_suite("request", c);
}
