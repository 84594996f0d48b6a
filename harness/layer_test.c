/* SPDX-License-Identifier: Apache-2.0 */
/* Applying layers: what comes out, what hostile ones may not do, and the limits. */
#include "harness/layer_fixture.h"

START_TEST(entries_come_out_as_they_are)
{
    struct error e = ERROR_INIT;
    ck_assert_msg(apply_one((struct tar_member[]){{'d', "./"},
                                                  {'d', "a", NULL, 0555},
                                                  {'f', "./a/file", "text"},
                                                  {'l', "a/link", "/a/file"},
                                                  {'h', "hard", "a/file"},
                                                  {'p', "fifo"},
                                                  {'f', "/no/parents/here", "x", 0750},
                                                  {0}},
                            &layer_default_limits, &e),
                  "%s", e.message);
    expect("a/file", "text");
    expect("hard", "text");
    expect("no/parents/here", "x");
    ck_assert_uint_eq(status("a/file").st_ino, status("hard").st_ino);
    ck_assert(S_ISFIFO(status("fifo").st_mode));
    ck_assert(S_ISLNK(status("a/link").st_mode));
    ck_assert_int_eq(status("no/parents/here").st_mode & 07777, 0750);
    ck_assert_int_eq(status("a").st_mtime, 1000000000);
    ck_assert_int_eq(status("a/file").st_mtime, 1000000000);
    ck_assert_int_eq(status("no/parents").st_mode & 07777, 0755);
}
END_TEST

START_TEST(later_entries_take_the_place_of_earlier_ones)
{
    apply_two((struct tar_member[]){{'f', "file", "old"},
                                    {'d', "dir"},
                                    {'f', "dir/kept", "kept"},
                                    {'d', "tree"},
                                    {'f', "tree/gone", "gone"},
                                    {'l', "link", "file"},
                                    {'l', "to-dir", "dir"},
                                    {0}},
              (struct tar_member[]){{'f', "file", "new"},
                                    {'d', "dir", NULL, 0700},
                                    {'f', "tree", "now a file"},
                                    {'f', "link", "no link"},
                                    {'f', "to-dir/through", "through"},
                                    {0}});
    expect("file", "new");
    expect("dir/kept", "kept");
    expect("tree", "now a file");
    expect("link", "no link");
    expect("dir/through", "through");
    ck_assert_int_eq(status("dir").st_mode & 0777, 0700);
}
END_TEST

START_TEST(whiteouts_hide_what_lies_below)
{
    apply_two((struct tar_member[]){{'f', "a/gone", "x"},
                                    {'f', "a/stays", "x"},
                                    {'f', "tree/x/y", "x"},
                                    {'f', "opaque/old", "x"},
                                    {'f', "opaque/both/old", "x"},
                                    {'f', "opaque/deep/er/old", "x"},
                                    {0}},
              (struct tar_member[]){{'f', "a/.wh.gone", ""},
                                    {'f', ".wh.tree", ""},
                                    {'f', "opaque/both/new", "x"}, /* before the mark */
                                    {'f', "opaque/.wh..wh..opq", ""},
                                    {'f', "opaque/new", "x"},
                                    {'f', ".wh..wh.plnk/1", ""},
                                    {'f', "nowhere/.wh.x", ""},
                                    {0}});
    expect_absent("a/gone");
    expect_absent("tree");
    expect_absent("opaque/old");
    expect_absent("opaque/both/old");
    expect_absent("opaque/deep");
    expect_absent("a/.wh.gone");
    expect_absent("opaque/.wh..wh..opq");
    expect_absent("nowhere");
    expect("a/stays", "x");
    expect("opaque/new", "x");
    expect("opaque/both/new", "x");
}
END_TEST

START_TEST(whiteouts_keep_what_the_same_layer_brings)
{
    apply_two((struct tar_member[]){{'f', "a/x", "old"}, {'f', "d/old", "old"}, {0}},
              (struct tar_member[]){{'f', "a/x", "new"},
                                    {'f', "a/.wh.x", ""},
                                    {'f', "d/new", "new"},
                                    {'f', ".wh.d", ""},
                                    {0}});
    expect("a/x", "new");
    expect("d/new", "new");
    expect_absent("d/old");
}
END_TEST

/* What a layer brought is known by where it really lies. */
START_TEST(whiteouts_through_links_know_the_real_path)
{
    apply_two((struct tar_member[]){{'f', "real/both", "old"},
                                    {'f', "real/gone", "old"},
                                    {'f', "real/dir/old", "old"},
                                    {'l', "link", "real"},
                                    {0}},
              (struct tar_member[]){{'f', "real/both", "new"},
                                    {'f', "link/dir/new", "new"},
                                    {'f', "link/.wh.both", ""},
                                    {'f', "link/.wh.gone", ""},
                                    {'f', "real/.wh.dir", ""},
                                    {0}});
    expect("real/both", "new");
    expect("real/dir/new", "new");
    expect_absent("real/gone");
    expect_absent("real/dir/old");
}
END_TEST

/* The end gives looks to the directories that entries told of, not to what then has their names. */
START_TEST(a_directory_takes_its_look_along)
{
    apply_two((struct tar_member[]){{'d', "a", NULL, 0711},
                                    {'d', "a/b", NULL, 01777},
                                    {'d', "closed", NULL, 0555},
                                    {'d', "twice", NULL, 0700},
                                    {0}},
              (struct tar_member[]){{'f', "c/b/file", "x"},
                                    {'l', "a", "c"},
                                    {'f', "closed/file", "x"},
                                    {'d', "twice", NULL, 0750},
                                    {0}});
    ck_assert_int_eq(status("c/b").st_mode & 07777, 0755);
    ck_assert_int_eq(status("c").st_mode & 07777, 0755);
    ck_assert_int_eq(status("closed").st_mode & 07777, 0555);
    ck_assert_int_eq(status("twice").st_mode & 07777, 0750);
    ck_assert_int_eq(status("closed").st_mtime, 1000000000);
}
END_TEST

/* Links and names that want to leave the root, and a file outside that must stay as it is. */
START_TEST(nothing_leaves_the_root)
{
    fixture_text(dir, "outside", "safe");
    CLEANUP_FREE char *up = must_printf("../../../../../..%s", dir);
    CLEANUP_FREE char *outside = must_printf("%s/outside", dir);
    struct error e = ERROR_INIT;
    ck_assert_msg(apply_one((struct tar_member[]){{'l', "up", up},
                                                  {'f', "up/outside", "hostile"},
                                                  {'l', "abs", dir},
                                                  {'f', "abs/root/x", "hostile"},
                                                  {'l', "self", outside},
                                                  {'f', "self", "hostile"},
                                                  {'l', "dots", ".."},
                                                  {'f', "dots/outside", "inside"},
                                                  {0}},
                            &layer_default_limits, &e) ||
                      strstr(e.message, "cannot enter"),
                  "%s", e.message);
    error_clear(&e);
    ck_assert(!apply_one((struct tar_member[]){{'h', "stolen", outside}, {0}},
                         &layer_default_limits, &e));
    ck_assert_msg(strstr(e.message, "has not brought") != NULL, "%s", e.message);
    error_clear(&e);
    CLEANUP_FREE char *text = file_read(outside, 100, NULL, &e);
    ck_assert_str_eq(text, "safe");
    expect_absent("stolen");
}
END_TEST

START_TEST(links_within_the_root_are_followed_within_it)
{
    struct error e = ERROR_INIT;
    ck_assert_msg(apply_one((struct tar_member[]){{'d', "usr/lib"},
                                                  {'l', "lib", "/../../usr/lib"},
                                                  {'f', "lib/x", "in usr"},
                                                  {'l', "loop", "loop"},
                                                  {0}},
                            &layer_default_limits, &e),
                  "%s", e.message);
    expect("usr/lib/x", "in usr");
    ck_assert(S_ISLNK(status("lib").st_mode));
}
END_TEST

/* A parent that was looked up and then replaced by a link is looked up again. */
START_TEST(a_replaced_parent_is_not_remembered)
{
    struct error e = ERROR_INIT;
    ck_assert_msg(
        apply_one(
            (struct tar_member[]){
                {'d', "a"}, {'d', "b"}, {'f', "a/1", "1"}, {'l', "a", "b"}, {'f', "a/2", "2"}, {0}},
            &layer_default_limits, &e),
        "%s", e.message);
    expect("b/2", "2");
    expect_absent("b/1");
}
END_TEST

START_TEST(hostile_names_are_refused)
{
    static const struct {
        struct tar_member member;
        const char *message;
    } rows[] = {
        {{'f', "../x", ""}, "has \"..\""},
        {{'f', "a/../../x", ""}, "has \"..\""},
        {{'d', ".."}, "has \"..\""},
        {{'f', "a/.wh...", ""}, "whiteout of nothing"},
        {{'f', "a/.wh..", ""}, "whiteout of nothing"},
        {{'f', "a/.wh.", ""}, "whiteout of nothing"},
        {{'f', ".", ""}, "replace the root"},
        {{'h', "x", "../outside"}, "has \"..\""},
        {{'h', "x", "."}, "no file"},
        {{'h', "x", "missing"}, "has not brought"},
        {{'l', "x", ""}, "link to nothing"},
        {{'f', "a/b/c/d/e/f/g/h/i/j/k", ""}, "nested too deeply"},
        {{'f', "0123456789012345678901234567890123456789012345678901234567890123456789", ""},
         "too long a name"},
        {{'l', "x", "0123456789012345678901234567890123456789012345678901234567890123456789"},
         "too long a link"},
    };
    struct layer_limits limits = layer_default_limits;
    limits.nesting = 10;
    limits.path = 60;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error e = ERROR_INIT;
        bool ok = apply_one((struct tar_member[]){rows[i].member, {0}}, &limits, &e);
        ck_assert_msg(!ok, "row %zu", i);
        ck_assert_msg(strstr(e.message, rows[i].message) != NULL, "row %zu: %s", i, e.message);
        error_clear(&e);
    }
}
END_TEST

START_TEST(limits_hold)
{
    const struct tar_member files[] = {{'f', "a", "12345"}, {'f', "b", "12345"}, {0}};
    struct layer_limits few = layer_default_limits, small = layer_default_limits;
    struct error e = ERROR_INIT;
    few.entries = 1;
    ck_assert(!apply_one(files, &few, &e));
    ck_assert_ptr_nonnull(
        strstr(e.message, "too many entries: the limit is 1; --unpack-limit entries=N"));
    error_clear(&e);
    small.bytes = 9;
    ck_assert(!apply_one(files, &small, &e));
    ck_assert_ptr_nonnull(strstr(e.message, "too many bytes: the limit is 9;"));
    error_clear(&e);
    small.bytes = 10;
    ck_assert_msg(apply_one(files, &small, &e), "%s", e.message);
}
END_TEST

/* Ten megabytes of zeros in a few kilobytes. */
START_TEST(a_bomb_is_refused)
{
    char *zeros = must_calloc(10 * 1024 * 1024 + 1, 1);
    memset(zeros, '0', 10 * 1024 * 1024);
    struct text tar =
        tar_fixture_make(ARCHIVE_FILTER_ZSTD, (struct tar_member[]){{'f', "bomb", zeros}, {0}});
    free(zeros);
    fixture_write(dir, "layer.tar", tar.data, tar.length);
    text_done(&tar);
    CLEANUP_FREE char *path = must_printf("%s/layer.tar", dir);
    struct error e = ERROR_INIT;
    struct bytes_claim packed = {.what = "x", .size = BYTES_ANY_SIZE};
    struct bytes *file = bytes_of_file(path, &e);
    struct layer_limits limits = layer_default_limits;
    limits.ratio = 100;
    limits.ratio_from = 1024 * 1024;
    CLEANUP_BYTES struct bytes *b =
        layer_limits_watch(bytes_inflate(bytes_verify(file, &packed), &e), &packed.count, &limits);
    CLEANUP_CLOSE int root = open_root();
    struct layers *l = layers_new(root, &limits);
    ck_assert(!layers_apply(l, b, &e));
    ck_assert_msg(strstr(e.message, "too many times its size: the limit is 100") != NULL, "%s",
                  e.message);
    error_clear(&e);
    layers_free(l);
}
END_TEST

START_TEST(damaged_tars_are_errors)
{
    struct text tar =
        tar_fixture_make(ARCHIVE_FILTER_NONE, (struct tar_member[]){{'f', "a", "0123456789"}, {0}});
    CLEANUP_FREE char *path = must_printf("%s/layer.tar", dir);
    static const size_t cuts[] = {1, 100, 511, 515};
    for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++) {
        fixture_write(dir, "layer.tar", tar.data, cuts[i]);
        struct error e = ERROR_INIT;
        CLEANUP_BYTES struct bytes *b = bytes_of_file(path, &e);
        CLEANUP_CLOSE int root = open_root();
        struct layers *l = layers_new(root, &layer_default_limits);
        ck_assert_msg(!layers_apply(l, b, &e), "cut at %zu", cuts[i]);
        error_clear(&e);
        layers_free(l);
    }
    text_done(&tar);
}
END_TEST

int main(void)
{
    TCase *c = tcase_create("layer");
    tcase_add_checked_fixture(c, set_up, tear_down);
    tcase_set_timeout(c, 60);
    tcase_add_test(c, entries_come_out_as_they_are);
    tcase_add_test(c, later_entries_take_the_place_of_earlier_ones);
    tcase_add_test(c, whiteouts_hide_what_lies_below);
    tcase_add_test(c, whiteouts_keep_what_the_same_layer_brings);
    tcase_add_test(c, whiteouts_through_links_know_the_real_path);
    tcase_add_test(c, a_directory_takes_its_look_along);
    tcase_add_test(c, nothing_leaves_the_root);
    tcase_add_test(c, links_within_the_root_are_followed_within_it);
    tcase_add_test(c, a_replaced_parent_is_not_remembered);
    tcase_add_test(c, hostile_names_are_refused);
    tcase_add_test(c, limits_hold);
    tcase_add_test(c, a_bomb_is_refused);
    tcase_add_test(c, damaged_tars_are_errors);
    Suite *s = suite_create("layer");
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
