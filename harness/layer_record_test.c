/* SPDX-License-Identifier: Apache-2.0 */
/* Applying layers: owners, modes and devices, for who may make them and who may not, and the record
 * of what was not made. */
#include "harness/layer_fixture.h"

#include <sys/sysmacros.h>
#include <sys/wait.h>

static void expect_record(const struct layers *l, const char *part)
{
    CLEANUP_TEXT struct text t = TEXT_INIT;
    layers_record(l, &t);
    ck_assert_msg(strstr(t.data, part) != NULL, "%s is not in %s", part, t.data);
}

static void apply_special(struct layers *l, struct error *e)
{
    ck_assert_msg(apply(l,
                        (struct tar_member[]){{'c', "dev/null", NULL, 0666},
                                              {'f', "su", "x", 04755, 0},
                                              {'f', "mine", "x", 0644, 1234},
                                              {'f', "shadow", "x", NO_MODE, 0},
                                              {'f', "program", "x", 0111, 0},
                                              {'d', "closed", NULL, 0100, 0},
                                              {'f', "closed/file", "x", 0400, 0},
                                              {'d', "fixed", NULL, 0555, 0},
                                              {'f', "fixed/file", "x", 0444, 0},
                                              {0}},
                        e),
                  "%s", e->message);
}

/* Root, as far as it has root's powers here. */
START_TEST(devices_and_owners_are_made_or_recorded)
{
    struct error e = ERROR_INIT;
    CLEANUP_CLOSE int root = open_root();
    struct layers *l = layers_new(root, &layer_default_limits);
    apply_special(l, &e);
    ck_assert_msg(layers_finish(l, &e), "%s", e.message);
    CLEANUP_FREE char *path = must_printf("%s/root/dev/null", dir);
    struct stat st;
    if (lstat(path, &st) == 0) {
        ck_assert(S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 3));
        ck_assert_int_eq(st.st_mode & 07777, 0666);
        expect_record(l, "\"devices\": []");
    } else {
        expect_record(l, "[\"dev/null\", \"c\", 1, 3, \"0666\", 0, 0]");
    }
    layers_free(l);
    ck_assert_int_eq(status("su").st_mode & 07777, 04755);
    if (geteuid() == 0) {
        ck_assert_uint_eq(status("mine").st_uid, 1234);
        ck_assert_int_eq(status("closed").st_mode & 07777, 0100);
    }
}
END_TEST

/* A record is of what there is in the end. */
START_TEST(the_record_forgets_what_is_gone)
{
    struct error e = ERROR_INIT;
    CLEANUP_CLOSE int root = open_root();
    struct layers *l = layers_new(root, &layer_default_limits);
    const struct tar_member first[] = {
        {'c', "w", NULL, 0600, 0}, {'c', "d/w", NULL, 0600, 0}, {'c', "o/w", NULL, 0600, 0}, {0}};
    const struct tar_member second[] = {
        {'f', "w", "x"}, {'f', ".wh.d", ""}, {'f', "o/.wh..wh..opq", ""}, {0}};
    tar_fixture_device = 0; /* what overlayfs takes for a whiteout is made for nobody */
    ck_assert_msg(apply(l, first, &e), "%s", e.message);
    expect_record(l, "[[\"d/w\", \"c\", 0, 0, \"0600\", 0, 0],");
    ck_assert_msg(apply(l, second, &e) && layers_finish(l, &e), "%s", e.message);
    expect_record(l, "\"devices\": []");
    layers_free(l);
    tar_fixture_device = 0x0103;
}
END_TEST

/* In a child that is an ordinary user. */
static int unpack_as_nobody(void)
{
    if (geteuid() == 0 && (setgid(65534) < 0 || setuid(65534) < 0))
        return 2;
    struct error e = ERROR_INIT;
    CLEANUP_CLOSE int root = open_root();
    struct layers *l = layers_new(root, &layer_default_limits);
    apply_special(l, &e);
    ck_assert(layers_finish(l, &e));
    expect_record(l, "\"owners\": [[\"mine\", 1234, 1234]]");
    expect_record(l, "[\"closed\", \"0100\"]");
    expect_record(l, "[\"program\", \"0111\"]");
    expect_record(l, "\"devices\": [[\"dev/null\", \"c\", 1, 3, \"0666\", 0, 0]]");
    expect_record(l, "\"owners-kept\": false");
    layers_free(l);
    ck_assert_int_eq(status("su").st_mode & 07777, 04755);
    ck_assert_int_eq(status("shadow").st_mode & 07777, 0);
    ck_assert_int_eq(status("program").st_mode & 07777, 0511);
    ck_assert_int_eq(status("closed").st_mode & 07777, 0500);
    ck_assert_int_eq(status("fixed").st_mode & 07777, 0555);
    expect("closed/file", "x");
    ck_assert_msg(file_remove_tree_at(root, "closed", &e) && file_remove_tree_at(root, "fixed", &e),
                  "%s", e.message);
    return 0;
}

START_TEST(an_ordinary_user_gets_what_it_may_have)
{
    CLEANUP_FREE char *root = must_printf("%s/root", dir);
    if (geteuid() == 0) {
        ck_assert_int_eq(chmod(dir, 0777), 0);
        ck_assert_int_eq(chown(root, 65534, 65534), 0);
    }
    pid_t pid = fork();
    if (pid == 0)
        _exit(unpack_as_nobody());
    int result;
    ck_assert_int_eq(waitpid(pid, &result, 0), pid);
    ck_assert_int_eq(result, 0);
}
END_TEST

int main(void)
{
    TCase *c = tcase_create("layer_record");
    tcase_add_checked_fixture(c, set_up, tear_down);
    tcase_add_test(c, devices_and_owners_are_made_or_recorded);
    tcase_add_test(c, the_record_forgets_what_is_gone);
    tcase_add_test(c, an_ordinary_user_gets_what_it_may_have);
    Suite *s = suite_create("layer_record");
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
