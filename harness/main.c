/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll: says whether a container base image still behaves as it should. */
#include "harness/base/nearest.h"
#include "harness/base/pool.h"
#include "harness/cmd.h"
#include "harness/user_namespace.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct command_verb verbs[] = {
    {"check", "[IMAGE...]", "run the probes, judge, report: the main job", VERB_CHECK,
     "Without IMAGE: the images of --matrix, else of ./plimsoll.yaml.\n"
     "IMAGE: NAME[:TAG][@DIGEST] of a registry, docker-daemon:NAME, containers-storage:NAME, "
     "rootfs:DIR,\ntar:FILE, oci:DIR[:TAG], oci-archive:FILE[:TAG], docker-archive:FILE[:REF] or "
     "dir:DIR\n",
     true, cmd_check},
    {"run", "[IMAGE...]", "only observe; write results (--results FILE, else stdout)", VERB_RUN,
     "IMAGE as for check.\n", true, cmd_run},
    {"cache", "ls | rm REFERENCE|DIGEST|all... | prune | verify",
     "what the cache holds; take things out; check it", VERB_CACHE,
     "ls      images by last use: reference, platform, digest, size (shared parts count for each)\n"
     "rm      images, and what no other one needs\n"
     "prune   what no image needs; with --older or --limit also images\n"
     "verify  read everything; exit 3 when something is damaged and stays\n",
     true, cmd_cache},
    {"judge", "RESULTS...", "judge stored results", VERB_JUDGE, "", false, cmd_judge},
    {"pull", "IMAGE...", "fetch and unpack images into the cache, run nothing", VERB_PULL,
     "IMAGE as for check. Prints of each: reference, platform, digest of its manifest, root,\n"
     "chain id of its layers; with tabs between them.\n",
     true, cmd_pull},
    {"list", "checks|cells|platforms|images|flavors|reports", "show what there is", VERB_LIST, "",
     false, cmd_list},
    {"explain", "CHECK", "what is observed, why it matters, what to do, sources", VERB_EXPLAIN, "",
     false, cmd_explain},
    {"lint", "[MATRIX...]", "find what is wrong with a matrix, without running anything", VERB_LINT,
     "", false, cmd_lint},
    {"doctor", "", "tell what this machine can run, and what is missing", VERB_DOCTOR, "", false,
     cmd_doctor},
};

enum { VERB_NUMBER = sizeof verbs / sizeof *verbs };

static void print_usage(FILE *out)
{
    fprintf(out,
            "plimsoll %s: says whether a container base image still behaves as it should\n\n"
            "usage: plimsoll VERB [OPTION...] [ARGUMENT...]\n\n",
            PLIMSOLL_VERSION);
    for (size_t i = 0; i < VERB_NUMBER; i++) {
        char left[64];
        snprintf(left, sizeof left, "%s %s", verbs[i].name, verbs[i].arguments);
        fprintf(out, "  %-54s %s\n", left, verbs[i].says);
    }
    fputs("\nplimsoll VERB --help tells its options.\n"
          "exit: 0 as expected, 1 divergence, 2 usage or matrix error, 3 could not run, "
          "4 nothing selected, 130/143 interrupted\n",
          out);
}

static void print_help(const struct command_verb *v)
{
    char *options = options_help(v->verb);
    printf("usage: plimsoll %s [OPTION...] %s\n%s\n%s\n%s", v->name, v->arguments, v->says,
           v->details, options);
    free(options);
}

static const struct command_verb *find_verb(const char *name)
{
    for (size_t i = 0; i < VERB_NUMBER; i++)
        if (strcmp(verbs[i].name, name) == 0)
            return &verbs[i];
    return NULL;
}

static int unknown_verb(const char *name)
{
    struct nearest near = {.word = name};
    for (size_t i = 0; i < VERB_NUMBER; i++)
        nearest_offer(&near, verbs[i].name);
    CLEANUP_FREE char *hint = nearest_hint(&near);
    fprintf(stderr, "plimsoll: unknown verb \"%s\"%s; plimsoll --help lists them\n", name, hint);
    return ERROR_USAGE;
}

/* Where it cannot be, files of images belong to the user in his cells: `plimsoll doctor` tells. */
static void enter_user_namespace(const struct command_verb *v, const struct options *o)
{
    char *why = NULL;
    if (v->images && user_namespace_enter(&why) == IDS_OWN && o->verbose)
        fprintf(stderr, "plimsoll: owners in images are recorded, not shown: %s\n", why);
    free(why);
}

static int run_verb(const struct command_verb *v, int argc, char **argv)
{
    struct error e = ERROR_INIT;
    struct options options = {.results = NULL};
    int code = ERROR_USAGE;
    if (options_parse(argc, argv, v->verb, &options, &e)) {
        if (options.help) {
            print_help(v);
            code = 0;
        } else {
            enter_user_namespace(v, &options);
            code = v->run(&options, &e);
        }
    }
    if (error_is_set(&e)) {
        fprintf(stderr, "plimsoll %s: %s\n", v->name, e.message);
        code = e.code;
        error_clear(&e);
    }
    options_done(&options);
    return code;
}

/* A full disk must not look like success. */
static int finish_output(int code)
{
    if ((fflush(stdout) != 0 || ferror(stdout)) && code == 0) {
        perror("plimsoll: cannot write standard output");
        return ERROR_RUN;
    }
    return code;
}

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN);
    if (argc < 2) {
        print_usage(stderr);
        return ERROR_USAGE;
    }
    if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "version") == 0) {
        puts("plimsoll " PLIMSOLL_VERSION);
        return finish_output(0);
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0) {
        print_usage(stdout);
        return finish_output(0);
    }
    const struct command_verb *v = find_verb(argv[1]);
    return v ? finish_output(run_verb(v, argc - 2, argv + 2)) : unknown_verb(argv[1]);
}
