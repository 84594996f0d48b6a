/* SPDX-License-Identifier: Apache-2.0 */
/* From references to images: layouts made on the spot, good ones, damaged ones, and the cache. */
#include "harness/facts.h"
#include "harness/layout_fixture.h"
#include "harness/transport.h"
#include "harness/unpack.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/wait.h>

static char *dir, *cache;
static struct run *run;

static void set_up(void)
{
    dir = fixture_dir();
    cache = must_printf("%s/cache", dir);
    run = run_new();
}

static void tear_down(void)
{
    run_free(run);
    free(cache);
    fixture_remove(dir);
}

static bool open_with(const char *reference, const char *platform, struct error *e)
{
    const struct platform *wanted = platform ? platform_by_name(platform) : NULL;
    CLEANUP_FREE char *whole = must_printf(reference, dir);
    struct image_request request = {.reference = whole,
                                    .platforms = &wanted,
                                    .platform_count = platform ? 1 : 0,
                                    .cache_dir = cache};
    return image_open(run, &request, e);
}

static const struct image *open_good(const char *reference, const char *platform)
{
    struct error e = ERROR_INIT;
    ck_assert_msg(open_with(reference, platform, &e), "%s", e.message);
    return &run->images[run->image_count - 1];
}

static void open_bad(const char *reference, const char *platform, const char *message)
{
    struct error e = ERROR_INIT;
    size_t before = run->image_count;
    ck_assert_msg(!open_with(reference, platform, &e), "%s was opened", reference);
    ck_assert_msg(strstr(e.message, message) != NULL, "\"%s\" is not in: %s", message, e.message);
    ck_assert_uint_eq(run->image_count, before);
    error_clear(&e);
}

static void expect_content(const struct image *image, const char *name, const char *wanted)
{
    struct error e = ERROR_INIT;
    CLEANUP_FREE char *path = must_printf("%s/%s", image->root, name);
    CLEANUP_FREE char *text = file_read(path, 1000, NULL, &e);
    ck_assert_msg(text != NULL, "%s", e.message);
    ck_assert_str_eq(text, wanted);
}

/* ---- good ones ---- */

START_TEST(a_layout_becomes_an_image)
{
    static const int filters[] = {ARCHIVE_FILTER_NONE, ARCHIVE_FILTER_GZIP, ARCHIVE_FILTER_ZSTD};
    struct blob manifest = layout_make(dir, "oci", filters[_i]);
    const struct image *image = open_good("oci:%s/oci:one", NULL);
    ck_assert_str_eq(image->manifest_digest, manifest.digest);
    ck_assert_ptr_null(image->index_digest);
    ck_assert_str_eq(image->platform->name, "linux/amd64");
    ck_assert_str_eq(image->user, "app");
    ck_assert_uint_eq(image->environment_count, 2);
    ck_assert_uint_eq(image->label_count, 1);
    ck_assert_str_eq(image->labels[0].value, "7");
    ck_assert_uint_eq(image->layer_count, 2);
    ck_assert_uint_eq(image->diff_id_count, 2);
    char chain[SHA256_TEXT_SIZE] = "";
    unpack_chain(chain, image->diff_ids[0]);
    unpack_chain(chain, image->diff_ids[1]);
    ck_assert_str_eq(image->chain_id, chain);
    expect_content(image, "a", "amd64");
    expect_content(image, "c", "c");
    CLEANUP_FREE char *gone = must_printf("%s/b", image->root);
    ck_assert_int_lt(access(gone, F_OK), 0);
}
END_TEST

START_TEST(an_index_offers_its_platforms)
{
    struct blob index = layout_make_multi(dir, "oci");
    ck_assert_str_eq(open_good("oci:%s/oci", platform_of_host()->name)->platform->name,
                     platform_of_host()->name);
    const struct image *arm = open_good("oci:%s/oci:multi", "linux/arm64");
    ck_assert_str_eq(arm->platform->name, "linux/arm64");
    ck_assert_str_eq(arm->index_digest, index.digest);
    expect_content(arm, "a", "arm64");
    open_bad("oci:%s/oci", "linux/s390x",
             "no image for linux/s390x: there is linux/arm64, linux/amd64");
    CLEANUP_FREE char *reference = must_printf("oci:%s/oci", dir);
    struct image_request all = {.reference = reference, .all_platforms = true, .cache_dir = cache};
    struct error e = ERROR_INIT;
    size_t before = run->image_count;
    ck_assert_msg(image_open(run, &all, &e), "%s", e.message);
    ck_assert_uint_eq(run->image_count, before + 2);
}
END_TEST

START_TEST(a_digest_chooses)
{
    struct blob manifest = layout_make(dir, "oci", ARCHIVE_FILTER_GZIP);
    CLEANUP_FREE char *good = must_printf("oci:%%s/oci@%s", manifest.digest);
    ck_assert_str_eq(open_good(good, NULL)->manifest_digest, manifest.digest);
    open_bad("oci:%s/oci:two", NULL, "no image two in");
    open_bad("oci:%s/oci:@1", NULL, "no image");
    ck_assert_str_eq(open_good("oci:%s/oci:@0", NULL)->manifest_digest, manifest.digest);
}
END_TEST

static void pack(const char *from, const char *to)
{
    CLEANUP_FREE char *command = must_printf("cd %s/%s && tar -cf ../%s *", dir, from, to);
    ck_assert_int_eq(system(command), 0);
}

/* The manifest of an image whose only layer has this media type, as index.json and as manifest.json
 * (oci:, oci-archive: and dir:). */
static void make_odd_layer(const char *type, const char *more)
{
    struct blob layer = blob_add_text(dir, "odd", "it is not read");
    CLEANUP_FREE char *ids = must_printf("\"%s\"", layer.digest);
    struct blob config = blob_add_config(dir, "odd", "amd64", ids);
    CLEANUP_FREE char *manifest =
        must_printf("{\"schemaVersion\":2,\"config\":{\"digest\":\"%s\",\"size\":%zu},\"layers\":"
                    "[{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%zu%s}]}",
                    config.digest, config.size, type, layer.digest, layer.size, more);
    struct blob m = blob_add_text(dir, "odd", manifest);
    CLEANUP_FREE char *d = blob_descriptor(&m, "manifest", NULL, NULL);
    CLEANUP_FREE char *index = blob_index(d, NULL);
    fixture_text(dir, "odd/index.json", index);
    fixture_text(dir, "odd/manifest.json", manifest);
    CLEANUP_FREE char *flat = must_printf("cp %s/odd/blobs/sha256/* %s/odd", dir, dir);
    ck_assert_int_eq(system(flat), 0);
}

START_TEST(layers_that_are_no_tar_are_refused)
{
    static const struct {
        const char *type, *more, *message;
    } cases[] = {
        {"application/vnd.oci.image.layer.v1.tar+gzip+encrypted", "", "is encrypted"},
        {"application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", "", "is a foreign layer"},
        {"application/vnd.oci.image.layer.nondistributable.v1.tar", "", "is a foreign layer"},
        {"application/vnd.oci.image.layer.v1.tar", ",\"urls\":[\"http://x\"]",
         "is a foreign layer"},
        {"application/wasm", "", "is not a tar file"},
    };
    make_odd_layer(cases[_i].type, cases[_i].more);
    pack("odd", "odd.tar");
    open_bad("oci:%s/odd", NULL, cases[_i].message);
    open_bad("oci-archive:%s/odd.tar", NULL, cases[_i].message);
    open_bad("dir:%s/odd", NULL, cases[_i].message);
}
END_TEST

/* The same image under the names that dir: has for its parts. */
START_TEST(a_dir_is_like_its_layout)
{
    struct blob index = layout_make_multi(dir, "oci");
    CLEANUP_FREE char *command =
        must_printf("mkdir %s/d && cd %s/d && cp ../oci/blobs/sha256/* . && mv %s manifest.json && "
                    "for f in $(grep -l '\"layers\":' ???*); do test $f = manifest.json || "
                    "mv $f $f.manifest.json; done",
                    dir, dir, index.digest + 7);
    ck_assert_int_eq(system(command), 0);
    CLEANUP_FREE char *chain = must_strdup(open_good("oci:%s/oci:multi", "arm64")->chain_id);
    const struct image *image = open_good("dir:%s/d", "arm64");
    ck_assert_str_eq(image->chain_id, chain);
    ck_assert_str_eq(image->index_digest, index.digest);
    fixture_text(dir, "d/version", "Directory Transport Version: 1.1\n");
    open_good("dir:%s/d", "arm64");
    fixture_text(dir, "d/version", "Directory Transport Version: 2.0\n");
    open_bad("dir:%s/d", "arm64", "is not that of a dir: image");
    fixture_text(dir, "d/version", "");
    open_bad("dir:%s/d", "arm64", "is not that of a dir: image");
    open_bad("dir:%s/oci", NULL, "is not a dir: image");
}
END_TEST

START_TEST(an_archive_is_like_its_layout)
{
    layout_make_multi(dir, "oci");
    pack("oci", "oci.tar");
    const struct image *a = open_good("oci:%s/oci", "arm64");
    CLEANUP_FREE char *chain = must_strdup(a->chain_id);
    const struct image *b = open_good("oci-archive:%s/oci.tar:multi", "arm64");
    ck_assert_str_eq(b->chain_id, chain);
    open_bad("oci-archive:%s/oci.tar:x", NULL, "no image x");
    open_bad("docker-archive:%s/oci.tar", NULL, "has no file manifest.json");
}
END_TEST

START_TEST(a_docker_archive_is_read)
{
    struct text layer =
        tar_fixture_make(ARCHIVE_FILTER_NONE, (struct tar_member[]){{'f', "a", "docker"}, {0}});
    char diff[SHA256_TEXT_SIZE];
    sha256_of(layer.data, layer.length, diff);
    fixture_write(dir, "d/one/layer.tar", layer.data, layer.length);
    text_done(&layer);
    CLEANUP_FREE char *ids = must_printf("\"%s\"", diff);
    struct blob config = blob_add_config(dir, "d", "arm64", ids);
    CLEANUP_FREE char *manifest =
        must_printf("[{\"Config\":\"blobs/sha256/%s\",\"RepoTags\":[\"x:latest\"],\"Layers\":"
                    "[\"one/layer.tar\"]},"
                    "{\"Config\":\"blobs/sha256/%s\",\"RepoTags\":[\"docker.io/library/"
                    "y:2\"],\"Layers\":[\"two/layer.tar\"]}]",
                    config.digest + 7, config.digest + 7);
    fixture_text(dir, "d/manifest.json", manifest);
    fixture_text(dir, "d/two/x", "");
    CLEANUP_FREE char *link = must_printf("%s/d/two/layer.tar", dir);
    ck_assert_int_eq(symlink("../one/layer.tar", link), 0);
    pack("d", "d.tar");
    expect_content(open_good("docker-archive:%s/d.tar:x", NULL), "a", "docker");
    const struct image *linked = open_good("docker-archive:%s/d.tar:y:2", NULL);
    ck_assert_str_eq(linked->config_digest, config.digest);
    ck_assert_str_eq(linked->diff_ids[0], diff);
    ck_assert_uint_eq(linked->layer_count, 0);
    open_bad("docker-archive:%s/d.tar", NULL, "holds several images");
    open_bad("docker-archive:%s/d.tar:z", NULL, "no such image");
    open_bad("docker-archive:%s/d.tar:@2", NULL, "no such image");
}
END_TEST

/* ---- damaged ones ---- */

static void spoil(const char *layout, const char *digest, const void *data, size_t size)
{
    CLEANUP_FREE char *name = must_printf("%s/blobs/sha256/%s", layout, digest + 7);
    fixture_write(dir, name, data, size);
}

START_TEST(damaged_documents_are_refused)
{
    struct blob manifest = layout_make(dir, "oci", ARCHIVE_FILTER_GZIP);
    char *longer = must_calloc(manifest.size + 2, 1);
    memset(longer, ' ', manifest.size + 1);
    spoil("oci", manifest.digest, longer, manifest.size);
    open_bad("oci:%s/oci", NULL, "is damaged");
    spoil("oci", manifest.digest, longer, manifest.size + 1);
    open_bad("oci:%s/oci", NULL, "is longer than");
    spoil("oci", manifest.digest, longer, manifest.size - 1);
    open_bad("oci:%s/oci", NULL, "not the");
    free(longer);
}
END_TEST

static void open_spoilt_layer(const char *blob, size_t keep, char flip, const char *message)
{
    struct error e = ERROR_INIT;
    size_t size;
    CLEANUP_FREE char *name = must_printf("%s/oci/blobs/sha256/%s", dir, blob + 7);
    CLEANUP_FREE char *data = file_read(name, 1 << 20, &size, &e);
    ck_assert_ptr_nonnull(data);
    data[size / 2] ^= flip;
    spoil("oci", blob, data, keep ? keep : size);
    open_bad("oci:%s/oci", NULL, message);
    data[size / 2] ^= flip;
    spoil("oci", blob, data, size);
}

START_TEST(damaged_layers_are_refused)
{
    layout_make(dir, "oci", ARCHIVE_FILTER_NONE);
    struct text layer = tar_fixture_make(
        ARCHIVE_FILTER_NONE, (struct tar_member[]){{'f', "a", "amd64"}, {'f', "b", "b"}, {0}});
    char digest[SHA256_TEXT_SIZE];
    sha256_of(layer.data, layer.length, digest);
    text_done(&layer);
    open_spoilt_layer(digest, 0, 1, digest);
    open_spoilt_layer(digest, 600, 0, digest);
    open_spoilt_layer(digest, 1, 0, digest);
    CLEANUP_FREE char *roots = must_printf("%s/roots/sha256", cache);
    ck_assert_int_eq(rmdir(roots), 0); /* nothing was published */
    ck_assert_int_eq(mkdir(roots, 0755), 0);
    CLEANUP_FREE char *work = must_printf("%s/work", cache);
    ck_assert_int_eq(rmdir(work), 0); /* and nothing left */
    open_good("oci:%s/oci", NULL);
}
END_TEST

START_TEST(a_wrong_diff_id_is_refused)
{
    struct text layer =
        tar_fixture_make(ARCHIVE_FILTER_GZIP, (struct tar_member[]){{'f', "a", "a"}, {0}});
    struct blob b = blob_add(dir, "oci", layer.data, layer.length);
    text_done(&layer);
    CLEANUP_FREE char *ids = must_printf("\"%s\"", b.digest); /* of the packed bytes */
    struct blob config = blob_add_config(dir, "oci", "amd64", ids);
    CLEANUP_FREE char *text =
        must_printf("{\"schemaVersion\":2,\"config\":{\"digest\":\"%s\",\"size\":%zu},\"layers\":"
                    "[{\"digest\":\"%s\",\"size\":%zu}]}",
                    config.digest, config.size, b.digest, b.size);
    struct blob manifest = blob_add_text(dir, "oci", text);
    CLEANUP_FREE char *d = blob_descriptor(&manifest, "manifest", NULL, NULL);
    CLEANUP_FREE char *index = blob_index(d, NULL);
    fixture_text(dir, "oci/index.json", index);
    open_bad("oci:%s/oci", NULL, "its tar is damaged");
}
END_TEST

START_TEST(wrong_paths_are_explained)
{
    fixture_text(dir, "file", "this is no tar");
    fixture_text(dir, "root/etc/hosts", "127.0.0.1 localhost");
    open_bad("rootfs:%s/none", NULL, "No such file");
    open_bad("rootfs:%s/file", NULL, "did you mean tar:");
    open_bad("tar:%s/root", NULL, "did you mean rootfs:");
    open_bad("tar:%s/file", NULL, "not a");
    open_bad("oci:%s/root", NULL, "not an OCI layout");
    open_bad("oci-archive:%s/file", NULL, "not an OCI layout");
    open_bad("rootfs:%s/root", NULL, "give one --platform");
    ck_assert_str_eq(open_good("rootfs:%s/root", "riscv64")->platform->name, "linux/riscv64");
    fixture_program(dir, "root/bin/x", 183);
    ck_assert_str_eq(open_good("rootfs:%s/root", NULL)->platform->name, "linux/arm64");
    open_bad("rootfs:%s/root", "amd64", "its programs are for linux/arm64, not for linux/amd64");
}
END_TEST

START_TEST(messages_are_printable)
{
    fixture_text(dir, "oci/index.json",
                 "{\"schemaVersion\":2,\"manifests\":[{\"digest\":\"\\u001b[31m\\n\"}]}");
    open_bad("oci:%s/oci", NULL, "\"\\x1b[31m\\x0a\" is not a sha256 digest");
    struct text t =
        tar_fixture_make(ARCHIVE_FILTER_NONE, (struct tar_member[]){{'f', "../\033[31m", ""}, {0}});
    fixture_write(dir, "x.tar", t.data, t.length);
    text_done(&t);
    open_bad("tar:%s/x.tar", NULL, "entry \"../\\x1b[31m\" has");
}
END_TEST

/* ---- the cache ---- */

static void make_tar(const char *name, const char *content)
{
    struct text t =
        tar_fixture_make(ARCHIVE_FILTER_GZIP, (struct tar_member[]){{'f', "a", content}, {0}});
    fixture_write(dir, name, t.data, t.length);
    text_done(&t);
}

START_TEST(a_tar_is_read_once_until_it_changes)
{
    make_tar("x.tar", "one");
    const struct image *first = open_good("tar:%s/x.tar", "amd64");
    expect_content(first, "a", "one");
    ck_assert_str_eq(first->chain_id, first->diff_ids[0]);
    struct stat before, after;
    ck_assert_int_eq(stat(first->root, &before), 0);
    const struct image *second = open_good("tar:%s/x.tar", "amd64");
    ck_assert_int_eq(stat(second->root, &after), 0);
    ck_assert_uint_eq(before.st_ino, after.st_ino); /* the root is not made again */
    make_tar("x.tar", "two");
    const struct image *third = open_good("tar:%s/x.tar", "amd64");
    expect_content(third, "a", "two");
}
END_TEST

static void take_remark(const char *text, void *data)
{
    text_add(data, text);
}

START_TEST(a_damaged_root_is_made_again)
{
    static const char *const damage[] = {"rm rootfs/a",        "echo x >record.json",
                                         "echo {} >seal.json", "rm -r rootfs",
                                         "rm seal.json",       "rm record.json"};
    layout_make(dir, "oci", ARCHIVE_FILTER_GZIP);
    const struct image *image = open_good("oci:%s/oci", NULL);
    CLEANUP_FREE char *command = must_printf("cd %s/.. && %s", image->root, damage[_i]);
    ck_assert_int_eq(system(command), 0);
    CLEANUP_TEXT struct text remarks = TEXT_INIT;
    CLEANUP_FREE char *reference = must_printf("oci:%s/oci", dir);
    struct error e = ERROR_INIT;
    struct image_request request = {
        .reference = reference, .cache_dir = cache, .remark = take_remark, .remark_data = &remarks};
    ck_assert_msg(image_open(run, &request, &e), "%s", e.message);
    ck_assert_ptr_nonnull(strstr(text_get(&remarks), run->images[1].chain_id));
    expect_content(&run->images[1], "a", "amd64");
    CLEANUP_FREE char *work = must_printf("%s/work", cache);
    ck_assert_int_eq(rmdir(work), 0); /* the damaged one is gone */
    ck_assert_int_eq(mkdir(work, 0700), 0);
    text_clear(&remarks);
    ck_assert(image_open(run, &request, &e));
    ck_assert_uint_eq(remarks.length, 0);
}
END_TEST

START_TEST(half_done_work_is_removed)
{
    make_tar("x.tar", "one");
    open_good("tar:%s/x.tar", "amd64");
    CLEANUP_FREE char *dead = must_printf("%s/work/dead", cache);
    CLEANUP_FREE char *busy = must_printf("%s/work/busy", cache);
    CLEANUP_FREE char *lock = must_printf("%s/lock/busy", cache);
    fixture_text(cache, "work/dead/rootfs/file", "x");
    fixture_text(cache, "work/busy/rootfs/file", "x");
    CLEANUP_CLOSE int fd = open(lock, O_RDWR | O_CREAT, 0644);
    ck_assert_int_eq(flock(fd, LOCK_EX), 0);
    make_tar("x.tar", "two");
    open_good("tar:%s/x.tar", "amd64");
    ck_assert_int_lt(access(dead, F_OK), 0);
    ck_assert_int_eq(access(busy, F_OK), 0);
}
END_TEST

START_TEST(processes_share_the_work)
{
    layout_make(dir, "oci", ARCHIVE_FILTER_GZIP);
    pid_t pids[4];
    for (size_t i = 0; i < 4; i++) {
        pids[i] = fork();
        if (pids[i] == 0) {
            struct error e = ERROR_INIT;
            _exit(open_with("oci:%s/oci", NULL, &e) ? 0 : 1);
        }
    }
    for (size_t i = 0; i < 4; i++) {
        int result;
        ck_assert_int_eq(waitpid(pids[i], &result, 0), pids[i]);
        ck_assert_int_eq(result, 0);
    }
    expect_content(open_good("oci:%s/oci", NULL), "c", "c");
}
END_TEST

int main(void)
{
    TCase *c = tcase_create("transport");
    tcase_add_checked_fixture(c, set_up, tear_down);
    tcase_set_timeout(c, 60);
    tcase_add_loop_test(c, a_layout_becomes_an_image, 0, 3);
    tcase_add_test(c, an_index_offers_its_platforms);
    tcase_add_test(c, a_digest_chooses);
    tcase_add_test(c, an_archive_is_like_its_layout);
    tcase_add_loop_test(c, layers_that_are_no_tar_are_refused, 0, 5);
    tcase_add_test(c, a_dir_is_like_its_layout);
    tcase_add_test(c, a_docker_archive_is_read);
    tcase_add_test(c, damaged_documents_are_refused);
    tcase_add_test(c, damaged_layers_are_refused);
    tcase_add_test(c, a_wrong_diff_id_is_refused);
    tcase_add_test(c, wrong_paths_are_explained);
    tcase_add_test(c, messages_are_printable);
    tcase_add_test(c, a_tar_is_read_once_until_it_changes);
    tcase_add_loop_test(c, a_damaged_root_is_made_again, 0, 6);
    tcase_add_test(c, half_done_work_is_removed);
    tcase_add_test(c, processes_share_the_work);
    Suite *s = suite_create("transport");
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
