/* SPDX-License-Identifier: Apache-2.0 */
/* The store between processes: locks that go away, roots in use, damage, what dead processes left.
 */
#include "harness/bytes.h"
#include "harness/store_fixture.h"
#include "harness/store_seal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <sys/xattr.h>

static bool exists(const char *name)
{
    CLEANUP_FREE char *path = must_printf("%s/%s", dir, name);
    return access(path, F_OK) == 0;
}

static void reopen(void)
{
    struct error e = ERROR_INIT;
    store_close(&store);
    ck_assert_msg(store_open(&store, dir, &e), "%s", e.message);
}

static void expect_root(const char *chain, const char *content)
{
    struct error e = ERROR_INIT;
    CLEANUP_FREE char *root = store_root(&store, chain);
    ck_assert_ptr_nonnull(root);
    CLEANUP_FREE char *path = must_printf("%s/file", root);
    CLEANUP_FREE char *text = file_read(path, 100, NULL, &e);
    ck_assert_str_eq(text, content);
}

/* ---- locks ---- */

START_TEST(a_lock_goes_away)
{
    struct error e = ERROR_INIT;
    struct store_lock one, two;
    CLEANUP_FREE char *path = must_printf("%s/lock/x", dir);
    ck_assert(store_lock_take(path, &one, &e));
    ck_assert(!store_lock_try(path, &two));
    store_lock_release(&one);
    ck_assert(store_is_empty("lock"));
    ck_assert(store_lock_try(path, &two));
    store_lock_release(&two);
    store_lock_release(&two); /* once more is nothing */
}
END_TEST

/* Children add to one number, each under the lock, which is made and removed all the time. */
START_TEST(a_lock_keeps_others_out)
{
    enum { CHILDREN = 4, ROUNDS = 200 };
    CLEANUP_FREE char *path = must_printf("%s/lock/x", dir);
    CLEANUP_FREE char *number = must_printf("%s/number", dir);
    pid_t pids[CHILDREN];
    for (int c = 0; c < CHILDREN; c++) {
        pids[c] = fork();
        for (int i = 0; pids[c] == 0 && i < ROUNDS; i++) {
            struct error e = ERROR_INIT;
            struct store_lock lock;
            int value = 0, fd = -1;
            if (!store_lock_take(path, &lock, &e) ||
                (fd = open(number, O_RDWR | O_CREAT | O_CLOEXEC, 0600)) < 0 ||
                pread(fd, &value, sizeof value, 0) < 0)
                _exit(1);
            value++;
            if (pwrite(fd, &value, sizeof value, 0) < 0)
                _exit(1);
            close(fd);
            store_lock_release(&lock);
        }
        if (pids[c] == 0)
            _exit(0);
    }
    for (int c = 0; c < CHILDREN; c++) {
        int status;
        ck_assert_int_eq(waitpid(pids[c], &status, 0), pids[c]);
        ck_assert_int_eq(status, 0);
    }
    int value = 0;
    CLEANUP_CLOSE int fd = open(number, O_RDONLY | O_CLOEXEC);
    ck_assert_int_eq(read(fd, &value, sizeof value), sizeof value);
    ck_assert_int_eq(value, CHILDREN * ROUNDS);
    ck_assert(store_is_empty("lock"));
}
END_TEST

START_TEST(what_dead_processes_left_is_removed)
{
    struct error e = ERROR_INIT;
    int ready[2];
    ck_assert_int_eq(pipe(ready), 0);
    pid_t pid = fork();
    if (pid == 0) {
        struct store_work w;
        struct store_blob b;
        if (store_lock(&store, CHAIN, &w, &e) && store_work_start(&store, CHAIN, &w, &e) &&
            store_blob_start(&store, OTHER, BYTES_ANY_SIZE, &b, &e) && write(ready[1], "x", 1) == 1)
            pause();
        _exit(1);
    }
    char byte;
    ck_assert_int_eq(read(ready[0], &byte, 1), 1);
    reopen(); /* it is alive: all stays */
    ck_assert(exists("work/blob-bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"));
    ck_assert(!store_is_empty("work") && !store_is_empty("lock"));
    kill(pid, SIGKILL);
    ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
    reopen();
    ck_assert(store_is_empty("work"));
    ck_assert(store_is_empty("lock"));
    close(ready[0]);
    close(ready[1]);
}
END_TEST

/* ---- roots ---- */

START_TEST(a_root_in_use_stays)
{
    struct error e = ERROR_INIT;
    struct store_pins pins = {NULL, 0}, others = {NULL, 0};
    store_add_root(CHAIN, "one");
    ck_assert(store_pin(&store, CHAIN, &pins) && store_pin(&store, CHAIN, &others));
    ck_assert_int_eq(store_remove_root(&store, CHAIN, &e), STORE_IN_USE);
    store_unpin(&pins);
    ck_assert_int_eq(store_remove_root(&store, CHAIN, &e), STORE_IN_USE);
    expect_root(CHAIN, "one");
    store_unpin(&others);
    ck_assert_int_eq(store_remove_root(&store, CHAIN, &e), STORE_REMOVED);
    ck_assert_int_eq(store_remove_root(&store, CHAIN, &e), STORE_REMOVED); /* nothing there */
    ck_assert_ptr_null(store_root(&store, CHAIN));
    ck_assert(!store_pin(&store, CHAIN, &pins));
    ck_assert(store_is_empty("work") && store_is_empty("lock") && store_is_empty("roots/sha256"));
}
END_TEST

START_TEST(the_first_whole_root_stays)
{
    store_add_root(CHAIN, "one");
    store_add_root(CHAIN, "two");
    expect_root(CHAIN, "one");
    ck_assert(store_is_empty("work"));
    ck_assert_ptr_null(store_root_fault(&store, CHAIN));
    ck_assert_ptr_null(store_root_fault(&store, OTHER));
}
END_TEST

START_TEST(a_damaged_root_in_use_is_not_replaced)
{
    struct error e = ERROR_INIT;
    struct store_pins pins = {NULL, 0};
    store_add_root(CHAIN, "one");
    ck_assert(store_pin(&store, CHAIN, &pins));
    fixture_text(dir,
                 "roots/sha256/" /* */
                 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/seal.json",
                 "garbage");
    CLEANUP_FREE char *fault = store_root_fault(&store, CHAIN);
    ck_assert_ptr_nonnull(strstr(fault, "seal.json is damaged"));
    struct store_work w;
    ck_assert(store_lock(&store, CHAIN, &w, &e) && store_work_start(&store, CHAIN, &w, &e));
    fixture_text(w.dir, "rootfs/file", "two");
    fixture_text(w.dir, "record.json", "{}\n");
    ck_assert(!store_publish(&store, &w, CHAIN, &e));
    ck_assert_ptr_nonnull(strstr(e.message, "in use"));
    error_clear(&e);
    store_unpin(&pins);
    ck_assert_msg(store_publish(&store, &w, CHAIN, &e), "%s", e.message);
    store_work_done(&w);
    expect_root(CHAIN, "two");
    ck_assert(store_is_empty("work"));
}
END_TEST

static void expect_seal(bool good, const char *why)
{
    struct error e = ERROR_INIT;
    CLEANUP_FREE char *path = must_printf("%s/roots/sha256/%s", dir, CHAIN + strlen("sha256:"));
    ck_assert_int_eq(store_seal_verify(path, &e), good);
    ck_assert_msg(good || strstr(e.message, why), "%s", e.message);
    error_clear(&e);
}

START_TEST(a_seal_sees_every_change)
{
    static const struct {
        const char *change, *undo;
    } cases[] = {
        {"echo 2 >rootfs/file", "printf one >rootfs/file"},
        {"chmod 600 rootfs/file", "chmod 644 rootfs/file"},
        {"mv rootfs/file rootfs/other", "mv rootfs/other rootfs/file"},
        {"mv rootfs/file f && ln -s x rootfs/file", "rm rootfs/file && mv f rootfs/file"},
        {"chmod 700 rootfs", "chmod 755 rootfs"},
    };
    CLEANUP_FREE char *in =
        must_printf("cd %s/roots/sha256/%s && umask 022", dir, CHAIN + strlen("sha256:"));
    store_add_root(CHAIN, "one");
    CLEANUP_FREE char *first = must_printf("%s && chmod 755 rootfs && chmod 644 rootfs/file", in);
    ck_assert_int_eq(system(first), 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        CLEANUP_FREE char *change = must_printf("%s && %s", in, cases[i].change);
        CLEANUP_FREE char *undo = must_printf("%s && %s", in, cases[i].undo);
        expect_seal(true, "");
        ck_assert_int_eq(system(change), 0);
        expect_seal(false, "its files are not what was unpacked");
        ck_assert_int_eq(system(undo), 0);
    }
    CLEANUP_FREE char *file = must_printf("%s/roots/sha256/%s/rootfs/file", dir, CHAIN + 7);
    if (setxattr(file, "user.image", "1", 1, 0) == 0) {
        expect_seal(false, "its files are not what was unpacked");
        ck_assert_int_eq(removexattr(file, "user.image"), 0);
        expect_seal(true, "");
    } else {
        ck_assert_int_eq(errno, ENOTSUP); /* a file system that has none */
    }
    CLEANUP_FREE char *more = must_printf("%s && touch rootfs/more", in);
    ck_assert_int_eq(system(more), 0);
    expect_seal(false, "rootfs has 2 entries, not 1");
}
END_TEST

/* ---- blobs ---- */

START_TEST(a_blob_is_fetched_once)
{
    struct error e = ERROR_INIT;
    struct store_blob b;
    char digest[SHA256_TEXT_SIZE], *why = NULL;
    sha256_of("hello", 5, digest);
    ck_assert(!store_has_blob(&store, digest, BYTES_ANY_SIZE));
    ck_assert(!store_blob_verify(&store, digest, &why));
    free(why);
    ck_assert(store_blob_start(&store, digest, 5, &b, &e));
    ck_assert_int_eq(write(b.fd, "hello", 5), 5);
    ck_assert_msg(store_blob_publish(&store, &b, digest, &e), "%s", e.message);
    store_blob_done(&b);
    ck_assert(store_has_blob(&store, digest, 5) && !store_has_blob(&store, digest, 6));
    ck_assert(store_blob_verify(&store, digest, &why));
    ck_assert(store_blob_start(&store, digest, 5, &b, &e));
    ck_assert_int_lt(b.fd, 0); /* there already */
    store_blob_done(&b);
    ck_assert(store_blob_start(&store, digest, 6, &b, &e));
    ck_assert_int_ge(b.fd, 0); /* not of this size: damaged */
    store_blob_done(&b);
    ck_assert(store_is_empty("work") && store_is_empty("lock"));
    ck_assert(store_blob_discard(&store, digest, &e));
    ck_assert(!store_has_blob(&store, digest, BYTES_ANY_SIZE));
}
END_TEST

/* ---- the whole ---- */

START_TEST(the_store_is_private)
{
    static const char *const parts[] = {"roots", "blobs", "images", "work"};
    CLEANUP_FREE char *open_wide = must_printf("chmod 755 %s/roots", dir);
    ck_assert_int_eq(system(open_wide), 0);
    reopen();
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        struct stat st;
        CLEANUP_FREE char *path = must_printf("%s/%s", dir, parts[i]);
        ck_assert_int_eq(stat(path, &st), 0);
        ck_assert_uint_eq(st.st_mode & 0777, 0700);
    }
}
END_TEST

START_TEST(a_foreign_store_is_refused)
{
    struct error e = ERROR_INIT;
    struct store other;
    CLEANUP_FREE char *path = must_printf("%s/foreign", dir);
    ck_assert_int_eq(mkdir(path, 0777), 0);
    if (chown(path, 12345, 12345) < 0)
        return; /* only root can make one */
    ck_assert(!store_open(&other, path, &e));
    ck_assert_ptr_nonnull(strstr(e.message, "belongs to user 12345"));
    ck_assert_int_eq(e.code, ERROR_USAGE);
    error_clear(&e);
    store_close(&other); /* not open: nothing */
}
END_TEST

START_TEST(an_image_is_noted_once)
{
    struct error e = ERROR_INIT;
    const struct store_image image = {"oci:x", "linux/amd64", NULL, CHAIN};
    CLEANUP_FREE char *list = must_printf("test $(ls %s/images | wc -l) = 1", dir);
    CLEANUP_FREE char *old = must_printf("touch -d '1 day ago' %s/images/*", dir);
    CLEANUP_FREE char *recent = must_printf("test -n \"$(find %s/images -type f -mmin -60)\"", dir);
    ck_assert(store_note_image(&store, &image, &e));
    ck_assert_int_eq(system(old), 0);
    ck_assert_int_ne(system(recent), 0);
    ck_assert(store_note_image(&store, &image, &e));
    ck_assert_int_eq(system(list), 0);
    ck_assert_int_eq(system(recent), 0);
}
END_TEST

int main(void)
{
    TCase *c = tcase_create("store");
    tcase_add_checked_fixture(c, store_set_up, store_tear_down);
    tcase_set_timeout(c, 60);
    tcase_add_test(c, a_lock_goes_away);
    tcase_add_test(c, a_lock_keeps_others_out);
    tcase_add_test(c, what_dead_processes_left_is_removed);
    tcase_add_test(c, a_root_in_use_stays);
    tcase_add_test(c, the_first_whole_root_stays);
    tcase_add_test(c, a_damaged_root_in_use_is_not_replaced);
    tcase_add_test(c, a_seal_sees_every_change);
    tcase_add_test(c, a_blob_is_fetched_once);
    tcase_add_test(c, the_store_is_private);
    tcase_add_test(c, a_foreign_store_is_refused);
    tcase_add_test(c, an_image_is_noted_once);
    Suite *s = suite_create("store");
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
