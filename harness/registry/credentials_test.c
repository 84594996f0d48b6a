/* SPDX-License-Identifier: Apache-2.0 */
/* Where credentials come from, and helpers of every temper. */
#include "harness/base/file.h"
#include "harness/base/pool.h"
#include "harness/registry/credentials.h"
#include "harness/registry/suite.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>

static char dir[] = "/tmp/plimsoll-credentials.XXXXXX";

static char *put(const char *name, const char *text)
{
    struct error e = ERROR_INIT;
    char *path = must_printf("%s/%s", dir, name);
    CLEANUP_FREE char *parent = must_strdup(path);
    *strrchr(parent, '/') = '\0';
    ck_assert(file_make_dirs(parent, &e) && file_publish(path, text, strlen(text), &e));
    return path;
}

/* One whose user tells the file. */
static void put_auths(const char *name, const char *user)
{
    CLEANUP_FREE char *text =
        must_printf("{\"auths\":{\"h.example\":{\"username\":\"%s\",\"password\":\"w\"}}}", user);
    free(put(name, text));
}

static void put_helper(const char *name, const char *script)
{
    CLEANUP_FREE char *file = must_printf("bin/docker-credential-%s", name);
    CLEANUP_FREE char *text = must_printf("#!/bin/sh\n%s\n", script);
    CLEANUP_FREE char *path = put(file, text);
    ck_assert_int_eq(chmod(path, 0755), 0);
}

static void set_in(const char *variable, const char *name)
{
    CLEANUP_FREE char *value = must_printf("%s/%s", dir, name);
    setenv(variable, value, 1);
}

static void set_up(void)
{
    signal(SIGPIPE, SIG_IGN);
    strcpy(dir + strlen(dir) - 6, "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(dir));
    unsetenv("REGISTRY_AUTH_FILE");
    unsetenv("DOCKER_CONFIG");
    unsetenv("XDG_CONFIG_HOME");
    set_in("XDG_RUNTIME_DIR", "run");
    set_in("HOME", "home");
    CLEANUP_FREE char *path = must_printf("%s/bin:/usr/bin:/bin", dir);
    setenv("PATH", path, 1);
}

static void tear_down(void)
{
    struct error e = ERROR_INIT;
    ck_assert(file_remove_tree(dir, &e));
}

/* "user of the file's end", "nothing", or the error. */
static char *find(const char *authfile)
{
    struct credential_find f;
    struct error e = ERROR_INIT;
    if (!credentials_find(authfile, "h.example", "x", &f, &e)) {
        ck_assert(error_is_set(&e));
        char *message = must_strdup(e.message);
        error_clear(&e);
        return message;
    }
    char *text =
        f.found ? must_printf("%s of %s", f.credentials.user ? f.credentials.user : "-", f.source)
                : must_strdup("nothing");
    credential_find_done(&f);
    return text;
}

static void expect(const char *authfile, const char *wanted)
{
    CLEANUP_FREE char *text = find(authfile);
    CLEANUP_FREE char *whole = must_strdup(text);
    const char *found = strstr(text, wanted);
    ck_assert_msg(found != NULL, "no \"%s\" in \"%s\"", wanted, whole);
    ck_assert_msg(!strstr(whole, "hunter2"), "a secret in \"%s\"", whole);
}

START_TEST(places_have_an_order)
{
    expect(NULL, "nothing");
    put_auths("home/.dockercfg", "unused");
    expect(NULL, "nothing"); /* that is no legacy file */
    free(put("home/.dockercfg", "{\"h.example\":{\"auth\":\"bTpw\"}}"));
    expect(NULL, "m of ");
    put_auths("home/.docker/config.json", "docker-home");
    expect(NULL, "docker-home of ");
    set_in("DOCKER_CONFIG", "dc");
    expect(NULL, "m of ");
    put_auths("dc/config.json", "docker-config");
    expect(NULL, "docker-config of ");
    put_auths("home/.config/containers/auth.json", "config-home");
    expect(NULL, "config-home of ");
    set_in("XDG_CONFIG_HOME", "xdg");
    put_auths("xdg/containers/auth.json", "config-xdg");
    expect(NULL, "config-xdg of ");
    put_auths("run/containers/auth.json", "runtime");
    expect(NULL, "runtime of ");
    put_auths("variable.json", "variable");
    set_in("REGISTRY_AUTH_FILE", "variable.json");
    expect(NULL, "variable of ");
    put_auths("option.json", "option");
    CLEANUP_FREE char *option = must_printf("%s/option.json", dir);
    expect(option, "option of ");
}
END_TEST

START_TEST(a_named_file_must_be_there)
{
    expect("/nonexistent/auth.json", "cannot read /nonexistent/auth.json");
    setenv("REGISTRY_AUTH_FILE", "/nonexistent/variable.json", 1);
    expect(NULL, "cannot read /nonexistent/variable.json");
    CLEANUP_FREE char *garbage = put("garbage.json", "{\"auths\":{\"h.example\":\"hunter2\n");
    expect(garbage, "garbage.json: line 1");
}
END_TEST

START_TEST(a_named_file_is_the_only_one)
{
    put_auths("run/containers/auth.json", "runtime");
    CLEANUP_FREE char *empty = put("empty.json", "{}");
    expect(empty, "nothing");
}
END_TEST

static const struct {
    const char *script, *outcome;
} helpers[] = {
    {"test \"$1\" = get && read -r s || test \"$s\" = h.example && "
     "echo '{\"ServerURL\":\"x\",\"Username\":\"u\",\"Secret\":\"hunter2\"}'",
     "u of docker-credential-it of "},
    {"cat >/dev/null; echo '{\"Username\":\"<token>\",\"Secret\":\"hunter2\"}'",
     "- of docker-credential-it of "},
    {"echo credentials not found in native keychain; exit 1", "nothing"},
    {"echo hunter2; exit 3", "docker-credential-it ended with status 3"},
    {"echo hunter2", "did not print a Username and a Secret"},
    {"echo '{\"Username\":\"hunter2\"}'", "did not print a Username and a Secret"},
    {"kill -9 $$", "was killed by signal 9"},
    {"while :; do echo hunter2hunter2hunter2; done", "printed too much"},
};

START_TEST(helpers_are_asked)
{
    CLEANUP_FREE char *file = put("auth.json", "{\"credHelpers\":{\"h.example\":\"it\"}}");
    put_helper("it", helpers[_i].script);
    expect(file, helpers[_i].outcome);
}
END_TEST

START_TEST(a_helper_must_be_there)
{
    CLEANUP_FREE char *file = put("auth.json", "{\"credsStore\":\"none\"}");
    expect(file, "cannot run docker-credential-none");
}
END_TEST

START_TEST(a_helper_that_knows_nothing_leaves_it_to_others)
{
    free(put("run/containers/auth.json", "{\"credHelpers\":{\"h.example\":\"it\"}}"));
    put_auths("home/.docker/config.json", "docker");
    put_helper("it", "echo credentials not found in native keychain; exit 1");
    expect(NULL, "docker of ");
}
END_TEST

int main(void)
{
    TCase *c = tcase_create("credentials");
    tcase_add_checked_fixture(c, set_up, tear_down);
    tcase_add_test(c, places_have_an_order);
    tcase_add_test(c, a_named_file_must_be_there);
    tcase_add_test(c, a_named_file_is_the_only_one);
    tcase_add_loop_test(c, helpers_are_asked, 0, sizeof helpers / sizeof *helpers);
    tcase_add_test(c, a_helper_must_be_there);
    tcase_add_test(c, a_helper_that_knows_nothing_leaves_it_to_others);
    return run_suite("credentials", c);
}
