/* SPDX-License-Identifier: Apache-2.0 */
/* The results file: everything that was observed, with the identity of what it was observed on, as
 * append-only JSON Lines. Verdicts, reports and diffs are derived from it later, also elsewhere.
 *
 *     {"plimsoll":"results","schema":1,"version":"0.1.0","started":...,"kernel":...,"arch":...,
 *      "host":...,"environment":{...}}                                          the first line
 *     {"type":"check","id":"dns.tcp-fallback","says":...,"limit":5,"fixture":{...}}
 *     {"type":"image","image":0,"name":...,"reference":...,"platform":...,"facts":{...},...}
 *     {"type":"probe","platform":...,"flavor":...,"area":...,"digest":...}
 *     {"type":"cell","cell":0,"image":0,"flavor":...,"runner":{...}}
 *     {"type":"observation","cell":0,"check":"dns.tcp-fallback","status":"value","value":"..."}
 *     {"type":"timing","cell":0,"check":"dns.tcp-fallback","ms":3.2}
 *     {"type":"end","checks":1,"images":1,"probes":1,"cells":1,"observations":1,"timings":1}
 *
 * An image stands before its cells and a cell before its observations; otherwise lines come in the
 * order in which things happen. Members that are not known are left out. Keys are in a fixed order:
 * the same run gives the same bytes. A file without its end line is what an interrupted run leaves:
 * good up to its last whole line. */
#pragma once
#include "harness/model.h"

#include "harness/base/text.h"

enum {
    RECORD_SCHEMA = 1,
    RECORD_LINE_LIMIT = 4 * 1024 * 1024, /* bytes of one line */
    RECORD_VALUE_LIMIT = 8 * 1024,       /* bytes of one observed value */
};

struct record_writer {
    int fd; /* -1: closed */
    char *name;
    bool borrowed; /* standard output */
    struct text line;
    size_t checks, images, probes, cells, observations, timings;
};

/* Begins a results file, replacing what was there; "-" is standard output. Each line is one write.
 * Follow with record_close. */
bool record_open(struct record_writer *w, const char *path, struct error *e) NONNULL MUST_CHECK;
void record_close(struct record_writer *w) NONNULL; /* without record_end: an interrupted run */

bool record_header(struct record_writer *w, const struct run *r,
                   struct error *e) NONNULL MUST_CHECK;
bool record_check(struct record_writer *w, const struct check *c,
                  struct error *e) NONNULL MUST_CHECK;
/* number: the index in run->images, so that cells can name it. */
bool record_image(struct record_writer *w, size_t number, const struct image *i,
                  struct error *e) NONNULL MUST_CHECK;
bool record_probe(struct record_writer *w, const struct probe_info *p,
                  struct error *e) NONNULL MUST_CHECK;
/* number: the index in run->cells. Once per cell, when all of it is known. */
bool record_cell(struct record_writer *w, size_t number, const struct cell *c,
                 struct error *e) NONNULL MUST_CHECK;
bool record_observation(struct record_writer *w, const struct observation *o,
                        struct error *e) NONNULL MUST_CHECK;
bool record_timing(struct record_writer *w, const struct timing *t,
                   struct error *e) NONNULL MUST_CHECK;
/* The last line; syncs the file. */
bool record_end(struct record_writer *w, struct error *e) NONNULL MUST_CHECK;

/* A whole run at once, from the header to the end line (which run->complete decides). */
bool record_run(struct record_writer *w, const struct run *r, struct error *e) NONNULL MUST_CHECK;

/* Reads a results file into a new, empty run; "-" is standard input. Images and cells are put in
 * the order of their numbers, observations and timings sorted as run_sort does. Errors are
 * "FILE:LINE: what, why". */
bool record_read(const char *path, struct run *run, struct error *e) NONNULL MUST_CHECK;
