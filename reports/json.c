/* SPDX-License-Identifier: Apache-2.0 */
/* JSON, written row by row: a million verdicts are never in memory as text. */
#include "harness/base/json_out.h"
#include "reports/report.h"

#include <stdint.h>

enum { JSON_SCHEMA = 1 };

static void begin_list(struct text *t, const char *key)
{
    text_add(t, ",\n");
    json_out_open(t, key, '[');
}

static void end_list(struct text *t, size_t count)
{
    text_add(t, count ? "\n]" : "]");
}

static void begin_row(struct text *t, size_t index)
{
    text_add(t, index ? ",\n" : "\n");
    json_out_open(t, NULL, '{');
}

static void add_facts(struct text *t, const char *key, const struct fact *facts, size_t count)
{
    json_out_open(t, key, '{');
    for (size_t i = 0; i < count; i++)
        json_out_text(t, facts[i].name, facts[i].value);
    json_out_close(t, '}');
}

static void add_texts(struct text *t, const char *key, const char *const *texts, size_t count)
{
    json_out_open(t, key, '[');
    for (size_t i = 0; i < count; i++)
        json_out_text(t, NULL, texts[i]);
    json_out_close(t, ']');
}

static void add_head(struct text *t, const struct judgement *j)
{
    const struct run *r = j->run;
    text_add(t, "{\n");
    json_out_text(t, "plimsoll", "report");
    json_out_integer(t, "schema", JSON_SCHEMA);
    json_out_text_or_null(t, "version", r->version);
    json_out_text_or_null(t, "started", r->started);
    json_out_bool(t, "complete", r->complete);
    json_out_integer(t, "exit", (uint64_t)judgement_exit_code(j));
    json_out_integer(t, "unopened", j->unopened);
    text_add(t, ",\n");
    json_out_open(t, "summary", '{');
    for (int v = 0; v < VERDICT_COUNT; v++)
        json_out_integer(t, verdict_name((enum verdict)v), j->counts[v]);
    json_out_close(t, '}');
    text_add(t, ",\n");
    json_out_open(t, "host", '{');
    json_out_text_or_null(t, "kernel", r->kernel);
    json_out_text_or_null(t, "arch", r->host_arch);
    json_out_text_or_null(t, "os", r->host_os);
    add_facts(t, "environment", r->environment, r->environment_count);
    json_out_close(t, '}');
}

static void add_matrices(struct text *t, const struct judgement *j)
{
    begin_list(t, "matrices");
    for (size_t i = 0; i < j->matrix_count; i++) {
        begin_row(t, i);
        json_out_text(t, "path", j->matrices[i].path);
        json_out_text_or_null(t, "digest", j->matrices[i].digest);
        json_out_close(t, '}');
    }
    end_list(t, j->matrix_count);
}

static void add_image(struct text *t, const struct image *i)
{
    json_out_text(t, "name", i->name);
    json_out_text(t, "reference", i->reference);
    json_out_text(t, "platform", i->platform->name);
    json_out_text_or_null(t, "index_digest", i->index_digest);
    json_out_text_or_null(t, "manifest_digest", i->manifest_digest);
    json_out_text_or_null(t, "config_digest", i->config_digest);
    add_texts(t, "layer_digests", i->layer_digests, i->layer_count);
    add_texts(t, "diff_ids", i->diff_ids, i->diff_id_count);
    json_out_text_or_null(t, "chain_id", i->chain_id);
    json_out_text_or_null(t, "user", i->user);
    json_out_text_or_null(t, "os_id", i->os_id);
    json_out_text_or_null(t, "os_version", i->os_version);
    json_out_text_or_null(t, "os_name", i->os_name);
    add_facts(t, "labels", i->labels, i->label_count);
    add_facts(t, "facts", i->facts, i->fact_count);
}

static void add_images(struct text *t, const struct run *r)
{
    begin_list(t, "images");
    for (size_t i = 0; i < r->image_count; i++) {
        begin_row(t, i);
        add_image(t, &r->images[i]);
        json_out_close(t, '}');
    }
    end_list(t, r->image_count);
}

static void add_probes(struct text *t, const struct run *r)
{
    begin_list(t, "probes");
    for (size_t i = 0; i < r->probe_count; i++) {
        const struct probe_info *p = &r->probes[i];
        begin_row(t, i);
        json_out_text(t, "platform", p->platform->name);
        json_out_text(t, "flavor", flavor_name(p->flavor));
        json_out_text(t, "area", area_name(p->area));
        json_out_text_or_null(t, "digest", p->digest);
        json_out_text_or_null(t, "compiler", p->compiler);
        json_out_text_or_null(t, "libc_version", p->libc_version);
        json_out_close(t, '}');
    }
    end_list(t, r->probe_count);
}

static void name_cell(struct text *t, const struct run *r, const struct cell *c)
{
    const struct image *i = &r->images[c->image];
    json_out_text(t, "image", i->name);
    json_out_text(t, "platform", i->platform->name);
    json_out_text(t, "flavor", flavor_name(c->flavor));
}

static bool add_cells(struct stream *out, const struct run *r, struct error *e)
{
    struct text *t = &out->buffer;
    begin_list(t, "cells");
    for (size_t i = 0; i < r->cell_count; i++) {
        const struct cell *c = &r->cells[i];
        begin_row(t, i);
        name_cell(t, r, c);
        json_out_text_or_null(t, "libc_version", c->libc_version);
        json_out_text_or_null(t, "user", c->user);
        json_out_text_or_null(t, "failure", c->failure);
        json_out_open(t, "runner", '{');
        json_out_text_or_null(t, "name", c->runner.name);
        json_out_text_or_null(t, "version", c->runner.version);
        json_out_text_or_null(t, "mode", c->runner.mode);
        json_out_text_or_null(t, "emulator", c->runner.emulator);
        json_out_text_or_null(t, "emulator_version", c->runner.emulator_version);
        json_out_text_or_null(t, "emulator_digest", c->runner.emulator_digest);
        json_out_text_or_null(t, "emulation", c->runner.emulation);
        json_out_close(t, '}');
        json_out_close(t, '}');
        if (!stream_drain(out, e))
            return false;
    }
    end_list(t, r->cell_count);
    return true;
}

static void add_causes(struct text *t, const struct judgement *j)
{
    begin_list(t, "causes");
    for (size_t i = 0; i < j->cause_count; i++) {
        const struct cause *c = &j->causes[i];
        const struct image *image = &j->run->images[c->image];
        begin_row(t, i);
        json_out_text(t, "image", image->name);
        json_out_text(t, "platform", image->platform->name);
        json_out_text(t, "text", c->text);
        json_out_text_or_null(t, "fact", c->fact);
        json_out_text_or_null(t, "rule", c->rule);
        json_out_integer(t, "divergences", c->divergence_count);
        json_out_close(t, '}');
    }
    end_list(t, j->cause_count);
}

static void add_remarks(struct text *t, const struct judgement *j)
{
    begin_list(t, "remarks");
    for (size_t i = 0; i < j->remark_count; i++) {
        begin_row(t, i);
        json_out_text(t, "kind", j->remarks[i].kind);
        json_out_text_or_null(t, "rule", j->remarks[i].rule);
        json_out_text(t, "text", j->remarks[i].text);
        json_out_close(t, '}');
    }
    end_list(t, j->remark_count);
}

static bool add_verdicts(struct stream *out, const struct judgement *j, struct error *e)
{
    struct text *t = &out->buffer;
    CLEANUP_TEXT struct text name = TEXT_INIT; /* of the cell: the same for all its rows */
    size_t named = SIZE_MAX;
    begin_list(t, "verdicts");
    for (size_t i = 0; i < j->verdict_count; i++) {
        const struct judged *v = &j->verdicts[i];
        if (v->cell != named) {
            text_clear(&name);
            name_cell(&name, j->run, &j->run->cells[v->cell]);
            named = v->cell;
        }
        begin_row(t, i);
        text_add(t, text_get(&name));
        json_out_text(t, "check", v->check);
        json_out_text(t, "verdict", verdict_name(v->verdict));
        json_out_text(t, "status", status_name(v->status));
        json_out_text(t, "observed", v->observed);
        json_out_text_or_null(t, "expected", v->expected);
        json_out_text_or_null(t, "rule", v->rule);
        json_out_text(t, "reason", v->reason);
        json_out_text(t, "ref", v->ref);
        if (v->cause != SIZE_MAX)
            json_out_text(t, "cause", j->causes[v->cause].text);
        json_out_close(t, '}');
        if (!stream_drain(out, e))
            return false;
    }
    end_list(t, j->verdict_count);
    return true;
}

bool report_json(const struct judgement *j, const struct report_options *o, struct stream *out,
                 struct error *e)
{
    (void)o;
    struct text *t = &out->buffer;
    add_head(t, j);
    add_matrices(t, j);
    add_images(t, j->run);
    add_probes(t, j->run);
    if (!add_cells(out, j->run, e))
        return false;
    add_causes(t, j);
    add_remarks(t, j);
    if (!add_verdicts(out, j, e))
        return false;
    text_add(t, "\n}\n");
    return true;
}
