/* SPDX-License-Identifier: Apache-2.0 */
#include "runners/record.h"
#include "harness/base/file.h"
#include "harness/base/json_out.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool record_open(struct record_writer *w, const char *path, struct error *e)
{
    bool borrowed = strcmp(path, "-") == 0;
    *w = (struct record_writer){.fd = STDOUT_FILENO, .borrowed = borrowed, .line = TEXT_INIT};
    w->name = must_strdup(borrowed ? "standard output" : path);
    if (!borrowed)
        w->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0666);
    return w->fd >= 0 || error_errno(e, ERROR_RUN, errno, "cannot write results to %s", path);
}

void record_close(struct record_writer *w)
{
    if (w->fd >= 0 && !w->borrowed)
        close(w->fd);
    w->fd = -1;
    free(w->name);
    w->name = NULL;
    text_done(&w->line);
}

static struct text *begin(struct record_writer *w, const char *type)
{
    text_clear(&w->line);
    json_out_open(&w->line, NULL, '{');
    json_out_text(&w->line, "type", type);
    return &w->line;
}

static bool finish(struct record_writer *w, struct error *e)
{
    text_add(&w->line, "}\n");
    return file_write_all(w->fd, w->name, w->line.data, w->line.length, e);
}

static void add_texts(struct text *t, const char *key, const char *const *texts, size_t count)
{
    if (count == 0)
        return;
    json_out_open(t, key, '[');
    for (size_t i = 0; i < count; i++)
        json_out_text(t, NULL, texts[i]);
    json_out_close(t, ']');
}

static void add_facts(struct text *t, const char *key, const struct fact *facts, size_t count)
{
    if (count == 0)
        return;
    json_out_open(t, key, '{');
    for (size_t i = 0; i < count; i++)
        json_out_text(t, facts[i].name, facts[i].value);
    json_out_close(t, '}');
}

bool record_header(struct record_writer *w, const struct run *r, struct error *e)
{
    struct text *t = &w->line;
    text_clear(t);
    json_out_open(t, NULL, '{');
    json_out_text(t, "plimsoll", "results");
    json_out_integer(t, "schema", RECORD_SCHEMA);
    json_out_text(t, "version", r->version);
    json_out_text(t, "started", r->started);
    json_out_text(t, "kernel", r->kernel);
    json_out_text(t, "arch", r->host_arch);
    json_out_text(t, "host", r->host_os);
    add_facts(t, "environment", r->environment, r->environment_count);
    return finish(w, e);
}

static void add_fixture(struct text *t, const struct fixture *f)
{
    if (fixture_equal(f, &(struct fixture){0}))
        return;
    json_out_open(t, "fixture", '{');
    json_out_text(t, "resolv_conf", f->resolv_conf);
    json_out_text(t, "hosts", f->hosts);
    json_out_text(t, "nsswitch", f->nsswitch);
    json_out_text(t, "zone", f->zone);
    json_out_text(t, "environment", f->environment);
    json_out_text(t, "syslog", f->syslog);
    json_out_close(t, '}');
}

bool record_check(struct record_writer *w, const struct check *c, struct error *e)
{
    struct text *t = begin(w, "check");
    json_out_text(t, "id", c->id);
    json_out_text(t, "says", c->says);
    json_out_text(t, "why", c->why);
    json_out_text(t, "help", c->help);
    json_out_text(t, "refs", c->refs);
    json_out_text(t, "needs", c->needs);
    json_out_decimal(t, "limit", c->limit);
    json_out_bool(t, "waits", c->waits);
    add_fixture(t, &c->fixture);
    w->checks++;
    return finish(w, e);
}

bool record_image(struct record_writer *w, size_t number, const struct image *i, struct error *e)
{
    struct text *t = begin(w, "image");
    json_out_integer(t, "image", number);
    json_out_text(t, "name", i->name);
    json_out_text(t, "reference", i->reference);
    json_out_text(t, "platform", i->platform->name);
    json_out_text(t, "index_digest", i->index_digest);
    json_out_text(t, "manifest_digest", i->manifest_digest);
    json_out_text(t, "config_digest", i->config_digest);
    add_texts(t, "layer_digests", i->layer_digests, i->layer_count);
    add_texts(t, "diff_ids", i->diff_ids, i->diff_id_count);
    json_out_text(t, "chain_id", i->chain_id);
    json_out_text(t, "user", i->user);
    add_texts(t, "environment", i->environment, i->environment_count);
    add_facts(t, "labels", i->labels, i->label_count);
    json_out_text(t, "os_id", i->os_id);
    json_out_text(t, "os_version", i->os_version);
    json_out_text(t, "os_name", i->os_name);
    add_facts(t, "facts", i->facts, i->fact_count);
    w->images++;
    return finish(w, e);
}

bool record_probe(struct record_writer *w, const struct probe_info *p, struct error *e)
{
    struct text *t = begin(w, "probe");
    json_out_text(t, "platform", p->platform->name);
    json_out_text(t, "flavor", flavor_name(p->flavor));
    json_out_text(t, "area", area_name(p->area));
    json_out_text(t, "digest", p->digest);
    json_out_text(t, "compiler", p->compiler);
    json_out_text(t, "libc_version", p->libc_version);
    w->probes++;
    return finish(w, e);
}

bool record_cell(struct record_writer *w, size_t number, const struct cell *c, struct error *e)
{
    struct text *t = begin(w, "cell");
    json_out_integer(t, "cell", number);
    json_out_integer(t, "image", c->image);
    json_out_text(t, "flavor", flavor_name(c->flavor));
    json_out_open(t, "runner", '{');
    json_out_text(t, "name", c->runner.name);
    json_out_text(t, "version", c->runner.version);
    json_out_text(t, "mode", c->runner.mode);
    json_out_text(t, "emulator", c->runner.emulator);
    json_out_text(t, "emulator_version", c->runner.emulator_version);
    json_out_text(t, "emulator_digest", c->runner.emulator_digest);
    json_out_text(t, "emulation", c->runner.emulation);
    json_out_close(t, '}');
    json_out_text(t, "user", c->user);
    json_out_text(t, "libc_version", c->libc_version);
    json_out_text(t, "failure", c->failure);
    w->cells++;
    return finish(w, e);
}

bool record_observation(struct record_writer *w, const struct observation *o, struct error *e)
{
    struct text *t = begin(w, "observation");
    json_out_integer(t, "cell", o->cell);
    json_out_text(t, "check", o->check);
    json_out_text(t, "status", status_name(o->status));
    json_out_text(t, "value", o->value);
    w->observations++;
    return finish(w, e);
}

bool record_timing(struct record_writer *w, const struct timing *timing, struct error *e)
{
    struct text *t = begin(w, "timing");
    json_out_integer(t, "cell", timing->cell);
    json_out_text(t, "check", timing->check);
    json_out_decimal(t, "ms", timing->milliseconds);
    w->timings++;
    return finish(w, e);
}

bool record_end(struct record_writer *w, struct error *e)
{
    struct text *t = begin(w, "end");
    json_out_integer(t, "checks", w->checks);
    json_out_integer(t, "images", w->images);
    json_out_integer(t, "probes", w->probes);
    json_out_integer(t, "cells", w->cells);
    json_out_integer(t, "observations", w->observations);
    json_out_integer(t, "timings", w->timings);
    if (!finish(w, e))
        return false;
    if (fsync(w->fd) < 0 && errno != EINVAL && errno != EROFS)
        return error_errno(e, ERROR_RUN, errno, "cannot sync %s", w->name);
    return true;
}

bool record_run(struct record_writer *w, const struct run *r, struct error *e)
{
    bool ok = record_header(w, r, e);
    for (size_t i = 0; ok && i < r->check_count; i++)
        ok = record_check(w, &r->checks[i], e);
    for (size_t i = 0; ok && i < r->image_count; i++)
        ok = record_image(w, i, &r->images[i], e);
    for (size_t i = 0; ok && i < r->probe_count; i++)
        ok = record_probe(w, &r->probes[i], e);
    for (size_t i = 0; ok && i < r->cell_count; i++)
        ok = record_cell(w, i, &r->cells[i], e);
    for (size_t i = 0; ok && i < r->observation_count; i++)
        ok = record_observation(w, &r->observations[i], e);
    for (size_t i = 0; ok && i < r->timing_count; i++)
        ok = record_timing(w, &r->timings[i], e);
    return ok && (!r->complete || record_end(w, e));
}
