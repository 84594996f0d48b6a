/* SPDX-License-Identifier: Apache-2.0 */
/* What is in the store and for whom; what goes first, what stays; what is damaged. */
#include "harness/layout_fixture.h"
#include "harness/store_fixture.h"
#include "harness/store_prune.h"
#include "harness/store_verify.h"

#include <fcntl.h>

static struct store_contents contents;

/* An image that was used so many days ago. */
static void note(const char *reference, const char *manifest, const char *chain, int days)
{
    struct error e = ERROR_INIT;
    const struct store_image image = {reference, "linux/amd64", manifest, chain};
    ck_assert_msg(store_note_image(&store, &image, &e), "%s", e.message);
    char key[SHA256_TEXT_SIZE];
    CLEANUP_FREE char *both = must_printf("linux/amd64 %s", reference);
    sha256_of(both, strlen(both), key);
    CLEANUP_FREE char *path = must_printf("%s/images/%s", dir, key + 7);
    struct timespec now, then[2];
    clock_gettime(CLOCK_REALTIME, &now);
    then[0] = then[1] = (struct timespec){now.tv_sec - days * 24L * 60 * 60, 0};
    ck_assert_int_eq(utimensat(AT_FDCWD, path, then, 0), 0);
}

static struct store_pruned prune(int64_t cutoff)
{
    struct error e = ERROR_INIT;
    struct store_pruned pruned;
    ck_assert_msg(store_prune(&contents, cutoff, &pruned, &e), "%s", e.message);
    store_contents_done(&contents);
    store_contents_read(&store, &contents);
    return pruned;
}

static bool has_root(const char *chain)
{
    CLEANUP_FREE char *root = store_root(&store, chain);
    return root != NULL;
}

START_TEST(what_no_image_needs_goes)
{
    store_add_root(CHAIN, "one");
    store_add_root(OTHER, "two");
    note("oci:x", NULL, CHAIN, 0);
    blob_add_text(dir, ".", "nobody's");
    store_contents_read(&store, &contents);
    ck_assert_uint_eq(contents.image_count, 1);
    ck_assert_uint_eq(contents.root_count, 2);
    ck_assert_uint_eq(contents.blob_count, 1);
    struct store_pruned p = prune(1);
    ck_assert_uint_eq(p.images, 0);
    ck_assert_uint_eq(p.roots, 1);
    ck_assert_uint_eq(p.blobs, 1);
    ck_assert(has_root(CHAIN) && !has_root(OTHER));
    ck_assert(store_is_empty("blobs/sha256") && store_is_empty("work"));
    store_contents_done(&contents);
}
END_TEST

START_TEST(blobs_are_for_their_image)
{
    struct error e = ERROR_INIT;
    struct blob manifest = blob_add_image(dir, ".", "amd64", ARCHIVE_FILTER_GZIP);
    CLEANUP_FREE char *d = blob_descriptor(&manifest, "manifest", "amd64", NULL);
    CLEANUP_FREE char *text = blob_index(d, NULL);
    struct blob index = blob_add_text(dir, ".", text);
    const struct store_ref ref = {index.digest, NULL, (int64_t)index.size};
    ck_assert(store_remember_ref(&store, "docker://h/x:1", &ref, &e));
    store_contents_read(&store, &contents);
    ck_assert_uint_eq(contents.blob_count, 5); /* index, manifest, config, two layers */
    ck_assert_uint_eq(prune(1).blobs, 0);
    contents.images[0].leaving = true;
    struct store_pruned p = prune(1);
    ck_assert_uint_eq(p.images, 1);
    ck_assert_uint_eq(p.blobs, 5);
    ck_assert(store_is_empty("refs"));
    note("docker://h/x:1", manifest.digest, CHAIN, 0); /* whose manifest is gone: no fault */
    store_contents_done(&contents);
    store_contents_read(&store, &contents);
    ck_assert_uint_eq(prune(1).images, 0);
    store_contents_done(&contents);
}
END_TEST

START_TEST(an_image_and_its_reference_are_one)
{
    struct error e = ERROR_INIT;
    struct blob blob = blob_add_text(dir, ".", "an index");
    const struct store_ref ref = {blob.digest, NULL, (int64_t)blob.size};
    ck_assert(store_remember_ref(&store, "docker://h/x:1", &ref, &e));
    store_add_root(CHAIN, "one");
    note("docker://h/x:1", NULL, CHAIN, 0);
    store_contents_read(&store, &contents);
    ck_assert_uint_eq(contents.image_count, 2);
    contents.images[0].leaving = contents.images[1].leaving = true;
    struct store_pruned p = prune(1);
    ck_assert_uint_eq(p.images, 1);
    ck_assert(store_is_empty("refs") && store_is_empty("images"));
    store_contents_done(&contents);
}
END_TEST

START_TEST(blobs_stay_while_another_opens_images)
{
    struct error e = ERROR_INIT;
    struct store another;
    blob_add_text(dir, ".", "nobody's");
    ck_assert(store_open(&another, dir, &e));
    store_contents_read(&store, &contents);
    struct store_pruned p = prune(1);
    ck_assert_uint_eq(p.blobs, 0);
    ck_assert(p.blobs_in_use);
    store_close(&another);
    p = prune(1);
    ck_assert_uint_eq(p.blobs, 1);
    ck_assert(!p.blobs_in_use);
    ck_assert(store_open(&another, dir, &e)); /* nobody waits for it any more */
    store_close(&another);
    store_contents_done(&contents);
}
END_TEST

START_TEST(the_longest_unused_goes_first)
{
    store_add_root(CHAIN, "one");
    store_add_root(OTHER, "two");
    note("oci:old", NULL, CHAIN, 9);
    note("oci:new", NULL, OTHER, 1);
    store_contents_read(&store, &contents);
    ck_assert_str_eq(contents.images[0].image.reference, "oci:old");
    uint64_t all = store_contents_bytes(&contents, 0), one = contents.roots[0].bytes;
    ck_assert_uint_gt(one, 0);
    ck_assert_int_eq(store_prune_cutoff(&contents, all), 1);
    ck_assert_int_eq(store_prune_cutoff(&contents, all - 1), contents.images[0].used + 1);
    ck_assert_int_eq(store_prune_cutoff(&contents, 0), contents.images[1].used + 1);
    struct store_pruned p = prune(store_prune_cutoff(&contents, all - 1));
    ck_assert_uint_eq(p.roots, 1);
    ck_assert_uint_eq(p.images, 1);
    ck_assert(!has_root(CHAIN) && has_root(OTHER));
    note("oci:also", NULL, OTHER, 20); /* shared: as fresh as the fresher */
    store_contents_done(&contents);
    store_contents_read(&store, &contents);
    ck_assert_int_eq(store_prune_cutoff(&contents, one), 1);
    store_contents_done(&contents);
}
END_TEST

START_TEST(what_is_in_use_stays)
{
    struct store_pins pins = {NULL, 0};
    store_add_root(CHAIN, "one");
    note("oci:x", NULL, CHAIN, 9);
    ck_assert(store_pin(&store, CHAIN, &pins));
    store_contents_read(&store, &contents);
    struct store_pruned p = prune(INT64_MAX);
    ck_assert_uint_eq(p.in_use, 1);
    ck_assert_uint_eq(p.roots + p.images, 0);
    ck_assert_uint_eq(contents.image_count, 1);
    store_unpin(&pins);
    p = prune(INT64_MAX);
    ck_assert_uint_eq(p.roots, 1);
    ck_assert_uint_eq(p.images, 1);
    store_contents_done(&contents);
}
END_TEST

/* ---- damage ---- */

static void take_finding(const struct store_finding *f, void *data)
{
    text_printf(data, "%s%s%s\n", f->leftover ? "left over " : "", f->what,
                f->removed ? " removed" : "");
}

/* Garbage in every file: each is found, one by one, and can be removed. */
START_TEST(garbage_is_found_and_removed)
{
    struct error e = ERROR_INIT;
    struct store_verified v;
    CLEANUP_TEXT struct text told = TEXT_INIT;
    struct blob blob = blob_add_text(dir, ".", "good");
    const struct store_ref ref = {blob.digest, NULL, 4};
    store_add_root(CHAIN, "one");
    note("oci:x", NULL, CHAIN, 0);
    ck_assert(store_remember_ref(&store, "docker://h/x:1", &ref, &e));
    ck_assert(store_remember(&store, OTHER, CHAIN, &e));
    store_verify(&store, false, take_finding, &told, &v);
    ck_assert_msg(v.damaged == 0, "%s", text_get(&told));
    ck_assert_uint_eq(v.roots + v.blobs, 2);
    CLEANUP_FREE char *spoil = must_printf(
        "cd %s && find . -type f | while read -r f; do head -c 99 /dev/urandom >$f; done && "
        "touch -d '1 day ago' memo/stray && touch memo/young",
        dir);
    ck_assert_int_eq(system(spoil), 0);
    store_verify(&store, false, take_finding, &told, &v);
    ck_assert_msg(v.damaged == 5 && v.kept == 5, "%s", text_get(&told));
    ck_assert_ptr_nonnull(strstr(told.data, "root " CHAIN "\n"));
    ck_assert_ptr_nonnull(strstr(told.data, blob.digest));
    ck_assert_ptr_nonnull(strstr(told.data, "left over memo/stray\n"));
    ck_assert_ptr_null(strstr(told.data, "young"));
    store_contents_read(&store, &contents); /* garbage is no fault of a listing */
    ck_assert_uint_eq(contents.image_count, 0);
    store_contents_done(&contents);
    store_verify(&store, true, take_finding, &told, &v);
    ck_assert_msg(v.damaged == 5 && v.kept == 0, "%s", text_get(&told));
    store_verify(&store, false, take_finding, &told, &v);
    ck_assert_uint_eq(v.damaged + v.roots + v.blobs, 0);
}
END_TEST

START_TEST(a_damaged_root_in_use_is_told)
{
    struct store_verified v;
    struct store_pins pins = {NULL, 0};
    CLEANUP_TEXT struct text told = TEXT_INIT;
    store_add_root(CHAIN, "one");
    ck_assert(store_pin(&store, CHAIN, &pins));
    CLEANUP_FREE char *spoil = must_printf("echo | tee %s/roots/sha256/*/rootfs/file", dir);
    ck_assert_int_eq(system(spoil), 0);
    store_verify(&store, true, take_finding, &told, &v);
    ck_assert_uint_eq(v.kept, 1);
    store_unpin(&pins);
}
END_TEST

int main(void)
{
    TCase *c = tcase_create("store_prune");
    tcase_add_checked_fixture(c, store_set_up, store_tear_down);
    tcase_set_timeout(c, 60);
    tcase_add_test(c, what_no_image_needs_goes);
    tcase_add_test(c, blobs_are_for_their_image);
    tcase_add_test(c, an_image_and_its_reference_are_one);
    tcase_add_test(c, blobs_stay_while_another_opens_images);
    tcase_add_test(c, the_longest_unused_goes_first);
    tcase_add_test(c, what_is_in_use_stays);
    tcase_add_test(c, garbage_is_found_and_removed);
    tcase_add_test(c, a_damaged_root_in_use_is_told);
    Suite *s = suite_create("store_prune");
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
