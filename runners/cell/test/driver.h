/* SPDX-License-Identifier: Apache-2.0 */
/* Running the built cell in tests, as a harness would. */
#pragma once
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct driver_run {
    json_t *events;    /* array */
    int status;        /* of waitpid */
    char errors[2048]; /* what it wrote to standard error */
};

/* A root in a new directory below /tmp with /etc and the actor as /actor; the caller frees the
 * path after driver_remove_root. */
char *driver_make_root(void);
void driver_remove_root(char *root);

/* Starts plimsoll-cell with these arguments (ended by NULL), after prepare (may be NULL) has run in
 * the new process; feeds it the input, and waits for its end. */
struct driver_run driver_run(const char *const arguments[], const char *input,
                             void (*prepare)(void));
void driver_done(struct driver_run *r);

/* Only starts it. */
pid_t driver_start(const char *const arguments[], void (*prepare)(void), int *ret_in, int *ret_out);

/* The lines of a job joined by "\n"; the caller frees it. */
char *driver_lines(const struct driver_run *r, int job);
json_t *driver_end(const struct driver_run *r, int job); /* borrowed; NULL: there is none */
json_t *driver_ready(const struct driver_run *r);        /* borrowed */
bool driver_degraded(const struct driver_run *r, const char *what);
const char *driver_text(const json_t *object, const char *key); /* "" when absent */
int driver_number(const json_t *object, const char *key);       /* -1 when absent */
bool driver_flag(const json_t *object, const char *key);

/* A line of input: a job that runs the actor. */
#define ACTOR(job, ...) "{\"job\":" #job ",\"argv\":[\"/actor\"," __VA_ARGS__ "]}\n"
#define ACTOR_WITH(job, more, ...) \
    "{\"job\":" #job "," more ",\"argv\":[\"/actor\"," __VA_ARGS__ "]}\n"
#define EXTRA(...) ((const char *const[]){__VA_ARGS__, NULL})

/* driver_run with --root and further arguments (may be NULL). */
struct driver_run driver_run_root(const char *root, const char *input, void (*prepare)(void),
                                  const char *const extra[]);
/* Fails the test when the job's lines are not these, and shows everything there is. */
void driver_assert_lines(const struct driver_run *r, int job, const char *expected);

/* For prepare: becomes a user without any privilege; nothing to do for one who has none. */
void driver_become_nobody(void);
/* For prepare: becomes root of a user namespace with one user, as in a rootless container. Ends
 * with exit status 126 where that is not allowed. */
void driver_enter_container(void);
void driver_put(const char *path, const char *text); /* for prepare, too */
