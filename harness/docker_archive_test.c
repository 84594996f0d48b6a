/* SPDX-License-Identifier: Apache-2.0 */
/* docker-archive: in the forms that Docker and others have written over the years: a folder a
 * layer, blobs as in an OCI layout, layers packed or listed twice, the whole compressed. */
#include "harness/layout_fixture.h"
#include "harness/transport.h"

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

static bool open_archive(const char *rest, struct error *e)
{
    CLEANUP_FREE char *reference = must_printf("docker-archive:%s/%s", dir, rest);
    struct image_request request = {.reference = reference, .cache_dir = cache};
    return image_open(run, &request, e);
}

static void expect_file(const char *name, const char *wanted)
{
    struct error e = ERROR_INIT;
    CLEANUP_FREE char *path = must_printf("%s/%s", run->images[run->image_count - 1].root, name);
    CLEANUP_FREE char *text = file_read(path, 100, NULL, &e);
    ck_assert_msg(text != NULL, "%s", e.message);
    ck_assert_str_eq(text, wanted);
}

/* A layer with one file, packed by the filter as member `name`; its diff id. */
static void add_layer(const char *name, const char *file, int filter, char ret[SHA256_TEXT_SIZE])
{
    const struct tar_member members[] = {{'f', file, file}, {0}};
    struct text plain = tar_fixture_make(ARCHIVE_FILTER_NONE, members);
    struct text packed = tar_fixture_make(filter, members);
    CLEANUP_FREE char *member = must_printf("d/%s", name);
    sha256_of(plain.data, plain.length, ret);
    fixture_write(dir, member, packed.data, packed.length);
    text_done(&plain);
    text_done(&packed);
}

/* manifest.json of one image whose layers are these members. */
static void add_manifest(const char *config, const char *layers)
{
    CLEANUP_FREE char *manifest =
        must_printf("[{\"Config\":\"%s\",\"RepoTags\":[\"x:1\"],\"Layers\":[%s]}]", config, layers);
    fixture_text(dir, "d/manifest.json", manifest);
}

static void pack(const char *options)
{
    CLEANUP_FREE char *command = must_printf("cd %s/d && tar %s -cf ../d.tar *", dir, options);
    ck_assert_int_eq(system(command), 0);
}

START_TEST(layers_are_read_however_they_are_packed)
{
    static const int filters[] = {ARCHIVE_FILTER_NONE, ARCHIVE_FILTER_GZIP, ARCHIVE_FILTER_ZSTD};
    struct error e = ERROR_INIT;
    char one[SHA256_TEXT_SIZE], two[SHA256_TEXT_SIZE];
    add_layer("blobs/sha256/one", "a", filters[_i], one);
    add_layer("two/layer.tar", "b", ARCHIVE_FILTER_NONE, two);
    CLEANUP_FREE char *ids = must_printf("\"%s\",\"%s\",\"%s\"", one, two, one);
    struct blob config = blob_add_config(dir, "d", "amd64", ids);
    CLEANUP_FREE char *name = must_printf("blobs/sha256/%s", config.digest + 7);
    add_manifest(name, "\"blobs/sha256/one\",\"two/layer.tar\",\"blobs/sha256/one\"");
    pack("");
    ck_assert_msg(open_archive("d.tar", &e), "%s", e.message);
    expect_file("a", "a");
    expect_file("b", "b");
    ck_assert_uint_eq(run->images[0].diff_id_count, 3);
    ck_assert_str_eq(run->images[0].config_digest, config.digest);
}
END_TEST

START_TEST(the_archive_may_be_compressed)
{
    static const char *const options[] = {"--gzip", "--zstd", "--bzip2", "--xz"};
    struct error e = ERROR_INIT;
    char one[SHA256_TEXT_SIZE];
    add_layer("one.tar", "a", ARCHIVE_FILTER_NONE, one);
    CLEANUP_FREE char *ids = must_printf("\"%s\"", one);
    struct blob config = blob_add_config(dir, "d", "amd64", ids);
    CLEANUP_FREE char *name = must_printf("blobs/sha256/%s", config.digest + 7);
    add_manifest(name, "\"one.tar\"");
    pack(options[_i]);
    ck_assert_msg(open_archive("d.tar:x:1", &e), "%s", e.message);
    expect_file("a", "a");
}
END_TEST

static void expect_refusal(const char *message)
{
    struct error e = ERROR_INIT;
    pack("");
    ck_assert(!open_archive("d.tar", &e));
    ck_assert_msg(strstr(e.message, message) != NULL, "%s", e.message);
    error_clear(&e);
}

START_TEST(bad_archives_are_refused)
{
    char one[SHA256_TEXT_SIZE], other[SHA256_TEXT_SIZE];
    add_layer("one.tar", "a", ARCHIVE_FILTER_NONE, one);
    add_layer("other.tar", "b", ARCHIVE_FILTER_NONE, other);
    CLEANUP_FREE char *ids = must_printf("\"%s\"", one);
    struct blob config = blob_add_config(dir, "d", "amd64", ids);
    CLEANUP_FREE char *name = must_printf("blobs/sha256/%s", config.digest + 7);
    add_manifest(name, "\"one.tar\",\"one.tar\"");
    expect_refusal("manifest.json has 2 layers, the config 1");
    add_manifest(name, "\"none.tar\"");
    expect_refusal("none.tar");
    add_manifest(name, "\"../one.tar\"");
    expect_refusal("../one.tar");
    add_manifest(name, "\"other.tar\"");
    expect_refusal("is damaged");
    CLEANUP_FREE char *wrong = must_printf("%064d.json", 0);
    CLEANUP_FREE char *copy = must_printf("cp %s/d/%s %s/d/%s", dir, name, dir, wrong);
    ck_assert_int_eq(system(copy), 0);
    add_manifest(wrong, "\"one.tar\"");
    expect_refusal("is damaged: its digest is");
}
END_TEST

int main(void)
{
    TCase *c = tcase_create("docker_archive");
    tcase_add_checked_fixture(c, set_up, tear_down);
    tcase_add_loop_test(c, layers_are_read_however_they_are_packed, 0, 3);
    tcase_add_loop_test(c, the_archive_may_be_compressed, 0, 4);
    tcase_add_test(c, bad_archives_are_refused);
    Suite *s = suite_create("docker_archive");
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
