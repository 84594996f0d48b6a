/* SPDX-License-Identifier: Apache-2.0 */
#include "runners/cell/test/driver.h"
#include "harness/base/pool.h"
#include "harness/base/text.h"
#include "runners/cell/sweep.h"

#include <check.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MUST(condition) \
    do { \
        if (!(condition)) { \
            perror(#condition); \
            abort(); \
        } \
    } while (0)

char *driver_make_root(void)
{
    char *root = must_strdup("/tmp/plimsoll-cell-test.XXXXXX");
    MUST(mkdtemp(root) && chmod(root, 0755) == 0);
    int dir = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    MUST(dir >= 0);
    int in = open(PLIMSOLL_CELL_ACTOR, O_RDONLY | O_CLOEXEC);
    int out = openat(dir, "actor", O_CREAT | O_WRONLY | O_CLOEXEC, 0755);
    struct stat st;
    MUST(in >= 0 && out >= 0 && fstat(in, &st) == 0);
    MUST(sendfile(out, in, NULL, (size_t)st.st_size) == st.st_size);
    MUST(mkdirat(dir, "etc", 0755) == 0);
    close(in);
    close(out);
    close(dir);
    return root;
}

void driver_remove_root(char *root)
{
    MUST(sweep_directory(AT_FDCWD, root));
    free(root);
}

pid_t driver_start(const char *const arguments[], void (*prepare)(void), int *ret_in, int *ret_out)
{
    int in[2], out[2];
    const char *argv[64] = {"plimsoll-cell"};
    for (int i = 0; arguments[i]; i++)
        argv[i + 1] = arguments[i];
    MUST(pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0);
    pid_t child = fork();
    if (child == 0) {
        dup2(in[0], STDIN_FILENO);
        dup2(out[1], STDOUT_FILENO);
        if (prepare)
            prepare();
        execv(PLIMSOLL_CELL, (char *const *)argv);
        _exit(127);
    }
    MUST(child > 0);
    close(in[0]);
    close(out[1]);
    *ret_in = in[1];
    *ret_out = out[0];
    return child;
}

static void parse_events(struct driver_run *r, char *output)
{
    r->events = json_array();
    for (char *line = strtok(output, "\n"); line; line = strtok(NULL, "\n")) {
        json_t *event = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
        if (!event)
            fprintf(stderr, "no event: %s\n", line);
        MUST(event && json_array_append_new(r->events, event) == 0);
    }
}

static int error_file;

static void catch_errors(void)
{
    MUST(dup2(error_file, STDERR_FILENO) >= 0);
}

static void (*further)(void);

static void catch_errors_and_more(void)
{
    catch_errors();
    further();
}

struct driver_run driver_run(const char *const arguments[], const char *input,
                             void (*prepare)(void))
{
    struct driver_run r = {0};
    int in, out;
    char bytes[65536];
    struct text output = TEXT_INIT;
    signal(SIGPIPE, SIG_IGN);
    error_file = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    MUST(error_file >= 0);
    further = prepare;
    pid_t child =
        driver_start(arguments, prepare ? catch_errors_and_more : catch_errors, &in, &out);
    if (write(in, input, strlen(input)) < 0)
        perror("input");
    close(in);
    for (ssize_t n; (n = read(out, bytes, sizeof bytes)) > 0;)
        text_add_n(&output, bytes, (size_t)n);
    close(out);
    waitpid(child, &r.status, 0);
    if (pread(error_file, r.errors, sizeof r.errors - 1, 0) < 0)
        perror("errors");
    close(error_file);
    char *text = text_take(&output);
    parse_events(&r, text);
    free(text);
    return r;
}

void driver_done(struct driver_run *r)
{
    json_decref(r->events);
}

const char *driver_text(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

int driver_number(const json_t *object, const char *key)
{
    const json_t *number = json_object_get(object, key);
    return json_is_integer(number) ? (int)json_integer_value(number) : -1;
}

bool driver_flag(const json_t *object, const char *key)
{
    return json_is_true(json_object_get(object, key));
}

char *driver_lines(const struct driver_run *r, int job)
{
    struct text t = TEXT_INIT;
    size_t i;
    json_t *event;
    json_array_foreach(r->events, i, event)
    {
        if (strcmp(driver_text(event, "event"), "line") != 0 || driver_number(event, "job") != job)
            continue;
        text_printf(&t, "%s%s", t.length ? "\n" : "", driver_text(event, "text"));
    }
    return text_take(&t);
}

json_t *driver_end(const struct driver_run *r, int job)
{
    size_t i;
    json_t *event;
    json_array_foreach(r->events, i, event)
    {
        if (strcmp(driver_text(event, "event"), "end") == 0 && driver_number(event, "job") == job)
            return event;
    }
    return NULL;
}

json_t *driver_ready(const struct driver_run *r)
{
    json_t *first = json_array_get(r->events, 0);
    return first && strcmp(driver_text(first, "event"), "ready") == 0 ? first : NULL;
}

bool driver_degraded(const struct driver_run *r, const char *what)
{
    json_t *notes = json_object_get(driver_ready(r), "degraded"), *note;
    size_t i;
    json_array_foreach(notes, i, note)
    {
        if (strncmp(json_string_value(note), what, strlen(what)) == 0)
            return true;
    }
    return false;
}

struct driver_run driver_run_root(const char *root, const char *input, void (*prepare)(void),
                                  const char *const extra[])
{
    const char *arguments[32] = {"--root", root};
    for (int i = 0; extra && extra[i]; i++)
        arguments[2 + i] = extra[i];
    return driver_run(arguments, input, prepare);
}

void driver_assert_lines(const struct driver_run *r, int job, const char *expected)
{
    char *lines = driver_lines(r, job);
    ck_assert_msg(strcmp(lines, expected) == 0, "%s instead of %s: %s%s", lines, expected,
                  json_dumps(r->events, 0), r->errors);
    free(lines);
}

void driver_put(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY);
    if (fd < 0 || write(fd, text, strlen(text)) < 0)
        _exit(126);
    close(fd);
}

void driver_enter_container(void)
{
    char map[64];
    uid_t uid = geteuid();
    gid_t gid = getegid();
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
        _exit(126);
    driver_put("/proc/self/setgroups", "deny");
    snprintf(map, sizeof map, "0 %u 1", uid);
    driver_put("/proc/self/uid_map", map);
    snprintf(map, sizeof map, "0 %u 1", gid);
    driver_put("/proc/self/gid_map", map);
}

void driver_become_nobody(void)
{
    if (geteuid() != 0)
        return;
    MUST(setgroups(0, NULL) == 0);
    MUST(setresgid(65534, 65534, 65534) == 0 && setresuid(65534, 65534, 65534) == 0);
}
