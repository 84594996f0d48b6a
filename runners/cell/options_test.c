/* SPDX-License-Identifier: Apache-2.0 */
/* The command line: what is taken, and what is refused with which words. */
#include "runners/cell/options.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static bool parse(struct options *o, struct error *e, const char *const *words)
{
    int argc = 0;
    while (words[argc])
        argc++;
    return options_parse(o, argc, (char *const *)words, e);
}

#define PARSE(...) parse(&o, &e, (const char *const[]){"plimsoll-cell", __VA_ARGS__, NULL})

START_TEST(everything_is_taken)
{
    struct options o;
    struct error e = ERROR_INIT;
    ck_assert(PARSE("--root", "/r", "--bind", "/a:b:/c", "--emulator", "/q", "--elf", "32:big:40",
                    "--user", "65532:1:2:3", "--hostname", "h-1.x", "--root-mode", "synthetic",
                    "--emulation", "prefix"));
    ck_assert_str_eq(o.root, "/r");
    ck_assert_uint_eq(o.bind_count, 1);
    ck_assert_str_eq(o.binds[0].source, "/a:b");
    ck_assert_str_eq(o.binds[0].target, "/c");
    ck_assert(o.elf.bits == 32 && o.elf.big_endian && o.elf.machine == 40);
    ck_assert(o.identity.uid == 65532 && o.identity.gid == 1 && o.identity.group_count == 2);
    ck_assert(o.identity.groups[1] == 3);
    ck_assert(o.root_mode == ROOT_SYNTHETIC && o.emulation == EMULATION_PREFIX);
    options_done(&o);
}
END_TEST

START_TEST(with_equals_signs)
{
    struct options o;
    struct error e = ERROR_INIT;
    ck_assert(PARSE("--root=/r=x", "--user=1:2", "--hostname", "h"));
    ck_assert_str_eq(o.root, "/r=x");
    ck_assert(o.identity.uid == 1 && o.identity.gid == 2);
    ck_assert_str_eq(o.hostname, "h");
    options_done(&o);
}
END_TEST

START_TEST(defaults)
{
    struct options o;
    struct error e = ERROR_INIT;
    ck_assert(PARSE("--root", "/r"));
    ck_assert_str_eq(o.hostname, "plimsoll");
    ck_assert(!o.emulator && o.identity.uid == 0 && o.root_mode == ROOT_AUTO);
    options_done(&o);
}
END_TEST

static const struct {
    const char *option, *value, *says;
} wrong[] = {
    {"--user", "0", "expected UID:GID"},
    {"--user", "0:x", "expected UID:GID"},
    {"--user", "4294967295:0", "expected UID:GID"},
    {"--user", "-1:0", "expected UID:GID"},
    {"--user", "1:2:", "a group is no number"},
    {"--user", "1:2:3x", "a group is no number"},
    {"--bind", "/a", "expected SOURCE:TARGET"},
    {"--bind", ":/a", "expected SOURCE:TARGET"},
    {"--bind", "/a:b", "expected SOURCE:TARGET"},
    {"--bind", "/a:/b/../c", "expected SOURCE:TARGET"},
    {"--bind", "/a:/", "expected SOURCE:TARGET"},
    {"--bind", "/a:/.", "expected SOURCE:TARGET"},
    {"--elf", "65:little:1", "expected BITS:DATA:MACHINE"},
    {"--elf", "64:middle:1", "expected BITS:DATA:MACHINE"},
    {"--elf", "64:little:0", "expected BITS:DATA:MACHINE"},
    {"--elf", "64:little:65536", "expected BITS:DATA:MACHINE"},
    {"--elf", "64:little", "expected BITS:DATA:MACHINE"},
    {"--hostname", "", "expected 1 to 64"},
    {"--hostname", "a b", "expected 1 to 64"},
    {"--root-mode", "bind", "no such choice"},
    {"--emulation", "", "no such choice"},
    {"--emulation", NULL, "its value is missing"},
    {"--rot", "/r", "no such option"},
    {"--user=", "0:0", "expected UID:GID"},
    {"--roo=x", NULL, "no such option"},
    {"--elf", "64:little:183", "go together"},
    {"--emulator", "/q", "go together"},
};

START_TEST(the_wrong_is_refused)
{
    struct options o;
    struct error e = ERROR_INIT;
    ck_assert(!PARSE("--root", "/r", wrong[_i].option, wrong[_i].value));
    ck_assert_int_eq(e.code, ERROR_USAGE);
    ck_assert_msg(strstr(e.message, wrong[_i].says) != NULL, "%s", e.message);
    error_clear(&e);
    options_done(&o);
}
END_TEST

START_TEST(root_is_needed)
{
    struct options o;
    struct error e = ERROR_INIT;
    ck_assert(!PARSE("--user", "0:0"));
    ck_assert(strstr(e.message, "--root is missing") != NULL);
    error_clear(&e);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("options");
    TCase *t = tcase_create("options");
    tcase_add_test(t, everything_is_taken);
    tcase_add_test(t, with_equals_signs);
    tcase_add_test(t, defaults);
    tcase_add_loop_test(t, the_wrong_is_refused, 0, (int)(sizeof wrong / sizeof *wrong));
    tcase_add_test(t, root_is_needed);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
