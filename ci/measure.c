/* SPDX-License-Identifier: Apache-2.0 */
/* Times two things side by side, turn by turn, and prints the medians and their ratio; a machine
 * that is slow for a while slows both.
 *
 *     measure N [cell JOB|first FILE] COMMAND... -- [cell JOB|first FILE] COMMAND...
 *
 * A command is started and waited for, output to /dev/null. `cell JOB`: the command is a
 * plimsoll-cell, started once; what is timed is one job in it, from sending the line of JSON (JOB,
 * a file) to its end event.
 * `first FILE`: the command is timed only until it starts the first cell, which is this program
 * under the name plimsoll-cell (PLIMSOLL_CELL): then it writes the time beside itself, to FILE.
 * Prints: MEDIAN_A MEDIAN_B RATIO (microseconds). */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

struct side {
    char **argv;
    char *job;   /* NULL: not a cell */
    char *first; /* where the cell that it starts writes the time; NULL: timed to its end */
    FILE *events;
    int input;
    double *times;
};

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static pid_t start(char **argv, int in, int out)
{
    pid_t pid;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in, 0);
    posix_spawn_file_actions_adddup2(&actions, out, 1);
    if (posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ) != 0)
        die(argv[0]);
    posix_spawn_file_actions_destroy(&actions);
    return pid;
}

static void wait_for_event(struct side *s, const char *event)
{
    char *line = NULL;
    size_t size = 0;
    for (;;) {
        if (getline(&line, &size, s->events) < 0) {
            fprintf(stderr, "the cell ended\n");
            exit(1);
        }
        if (strstr(line, event))
            break;
        if (strstr(line, "\"event\":\"error\"")) {
            fputs(line, stderr);
            exit(1);
        }
    }
    free(line);
}

static void open_cell(struct side *s)
{
    int in[2], out[2];
    if (pipe2(in, O_CLOEXEC) < 0 || pipe2(out, O_CLOEXEC) < 0)
        die("pipe");
    start(s->argv, in[0], out[1]);
    close(in[0]);
    close(out[1]);
    s->input = in[1];
    s->events = fdopen(out[0], "r");
    wait_for_event(s, "\"event\":\"ready\"");
}

static char *read_job(const char *path)
{
    char *text = NULL;
    size_t size = 0;
    FILE *file = fopen(path, "r");
    if (!file || getline(&text, &size, file) < 0)
        die(path);
    fclose(file);
    return text;
}

/* Reads one side up to "--" or the end; returns what follows. */
static char **parse_side(char **argv, struct side *s)
{
    if (*argv && strcmp(*argv, "cell") == 0) {
        s->job = read_job(argv[1]);
        argv += 2;
    }
    if (*argv && strcmp(*argv, "first") == 0) {
        s->first = argv[1];
        argv += 2;
    }
    s->argv = argv;
    while (*argv && strcmp(*argv, "--") != 0)
        argv++;
    if (*argv)
        *argv++ = NULL;
    return argv;
}

/* ---- until the first cell ---- */

static double read_time(const char *path)
{
    double time;
    FILE *file = fopen(path, "r");
    if (!file || fscanf(file, "%lf", &time) != 1)
        die(path);
    fclose(file);
    return time;
}

/* In the place of a cell: /DIR/plimsoll-cell writes /DIR/first and fails. */
static int be_cell(const char *program)
{
    char path[4096];
    snprintf(path, sizeof path, "%.*s/first", (int)(strrchr(program, '/') - program), program);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd >= 0)
        dprintf(fd, "%.3f\n", now());
    return 1;
}

static double once(struct side *s, int null)
{
    double begin = now();
    if (s->job) {
        size_t length = strlen(s->job);
        if (write(s->input, s->job, length) != (ssize_t)length)
            die("cell");
        wait_for_event(s, "\"event\":\"end\"");
        return now() - begin;
    }
    int status;
    if (s->first)
        unlink(s->first);
    pid_t pid = start(s->argv, null, null);
    waitpid(pid, &status, 0);
    if (s->first)
        return read_time(s->first) - begin;
    if (status != 0) {
        fprintf(stderr, "%s: wait status %d\n", s->argv[0], status);
        exit(1);
    }
    return now() - begin;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    const char *name = strrchr(argv[0], '/');
    if (name && strcmp(name, "/plimsoll-cell") == 0)
        return be_cell(argv[0]);
    int count = argc > 1 ? atoi(argv[1]) : 0;
    struct side sides[2] = {{0}};
    if (count < 1)
        return 2;
    parse_side(parse_side(argv + 2, &sides[0]), &sides[1]);
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int k = 0; k < 2; k++) {
        if (!sides[k].argv[0])
            return 2;
        sides[k].times = calloc((size_t)count, sizeof(double));
        if (sides[k].job)
            open_cell(&sides[k]);
        once(&sides[k], null); /* warm */
    }
    for (int i = 0; i < count; i++)
        for (int k = 0; k < 2; k++)
            sides[k].times[i] = once(&sides[k], null);
    double median[2];
    for (int k = 0; k < 2; k++) {
        qsort(sides[k].times, (size_t)count, sizeof(double), compare);
        median[k] = sides[k].times[count / 2];
    }
    printf("%.0f %.0f %.2f\n", median[0], median[1], median[0] / median[1]);
    return 0;
}
