/* SPDX-License-Identifier: Apache-2.0 */
/* Heads of answers: fields, ranges, limits. */
#include "harness/registry/head.h"
#include "harness/registry/suite.h"

static const struct {
    const char *text;
    struct content_range range;
    bool bad;
} ranges[] = {
    {"bytes 0-0/1", {0, 0, 1}},
    {"bytes 5-9/10", {5, 9, 10}},
    {"Bytes 5-9/*", {5, 9, -1}},
    {"bytes 9223372036854775806-9223372036854775806/9223372036854775807",
     {INT64_MAX - 1, INT64_MAX - 1, INT64_MAX}},
    {"bytes */10", .bad = true},
    {"bytes 9-5/10", .bad = true},
    {"bytes 5-10/10", .bad = true},
    {"bytes -5-9/10", .bad = true},
    {"bytes 5-9", .bad = true},
    {"bytes 5-9/10x", .bad = true},
    {"bytes 5-9/", .bad = true},
    {"bytes 5/10", .bad = true},
    {"bytes 9223372036854775808-9223372036854775809/*", .bad = true},
    {"bytes=5-9/10", .bad = true},
    {"items 5-9/10", .bad = true},
    {"", .bad = true},
};

START_TEST(ranges_are_read)
{
    struct content_range r = {7, 7, 7};
    ck_assert_int_eq(content_range_parse(ranges[_i].text, &r), !ranges[_i].bad);
    ck_assert_int_eq(r.first, ranges[_i].bad ? 7 : ranges[_i].range.first);
    ck_assert_int_eq(r.last, ranges[_i].bad ? 7 : ranges[_i].range.last);
    ck_assert_int_eq(r.total, ranges[_i].bad ? 7 : ranges[_i].range.total);
}
END_TEST

static void take(struct head *h, const char *line)
{
    ck_assert(head_take_line(h, line, strlen(line)));
}

START_TEST(fields_are_kept)
{
    struct head h = {NULL};
    take(&h, "HTTP/1.1 100 Continue\r\n");
    take(&h, "Content-Type: text/html\r\n");
    take(&h, "HTTP/2 401 \r\n");
    take(&h, "content-type:  application/json ; charset=utf-8\r\n");
    take(&h, "Docker-Content-Digest: sha256:1\r\n");
    take(&h, "DOCKER-CONTENT-DIGEST: sha256:2\r\n");
    take(&h, "WWW-Authenticate: Basic\r\n");
    take(&h, "www-authenticate:Bearer realm=x\r\n");
    take(&h, "Content-Range: bytes 0-0/1\r\n");
    take(&h, " folded: content-range: x\r\n");
    take(&h, "no colon\r\n");
    take(&h, "\r\n");
    ck_assert_str_eq(h.content_type, "application/json");
    ck_assert_str_eq(h.digest, "sha256:1");
    ck_assert_str_eq(h.range, "bytes 0-0/1");
    ck_assert_uint_eq(h.challenge_count, 2);
    ck_assert_str_eq(h.challenges[0], "Basic");
    ck_assert_str_eq(h.challenges[1], "Bearer realm=x");
    head_clear(&h);
    ck_assert_ptr_null(h.digest);
    ck_assert_uint_eq(h.challenge_count, 0);
}
END_TEST

START_TEST(heads_end_some_time)
{
    struct head h = {NULL};
    int lines = 0;
    while (head_take_line(&h, "HTTP/1.1 103 Early Hints\r\n", 26))
        lines++;
    ck_assert_int_eq(lines, HEAD_BYTES / 26);
    head_clear(&h);
}
END_TEST

static const struct {
    const char *limit, *left, *text;
} rates[] = {
    {"ratelimit-limit: 100;w=21600", "ratelimit-remaining: 0;w=21600",
     "100 requests in 6 hours, 0 left"},
    {"RateLimit-Limit: 200;w=86400", NULL, "200 requests in 1 day"},
    {"ratelimit-limit: 5;w=61", NULL, "5 requests in 61 seconds"},
    {"ratelimit-limit: 5", "ratelimit-remaining: x", "5 requests"},
    {"ratelimit-limit: many", NULL, ""},
    {NULL, "ratelimit-remaining: 3", ""},
};

START_TEST(rates_are_put_into_words)
{
    struct head h = {NULL};
    if (rates[_i].limit)
        take(&h, rates[_i].limit);
    if (rates[_i].left)
        take(&h, rates[_i].left);
    CLEANUP_FREE char *text = head_rate_text(&h);
    ck_assert_str_eq(text, rates[_i].text);
    head_clear(&h);
}
END_TEST

int main(void)
{
    TCase *c = tcase_create("head");
    tcase_add_loop_test(c, ranges_are_read, 0, sizeof ranges / sizeof *ranges);
    tcase_add_test(c, fields_are_kept);
    tcase_add_test(c, heads_end_some_time);
    tcase_add_loop_test(c, rates_are_put_into_words, 0, sizeof rates / sizeof *rates);
    return run_suite("head", c);
}
