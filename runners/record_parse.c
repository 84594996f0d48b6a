/* SPDX-License-Identifier: Apache-2.0 */
#include "runners/record_parse.h"
#include "runners/record.h"
#include "runners/record_member.h"
#include "runners/record_row.h"

#include <stdlib.h>
#include <string.h>

enum {
    NUMBER_LIMIT = 1 << 20,       /* of images, cells */
    ROW_LIMIT = 16 * 1024 * 1024, /* observations, timings */
    TABLE_LIMIT = 64 * 1024,      /* checks, probes */
    CHECK_ID_LIMIT = 128,
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* ---- names that stand for something ---- */

static bool take_platform(struct record_parser *p, json_t *object, const struct platform **ret,
                          struct error *e)
{
    const char *name;
    if (!record_take_text(p->run->pool, object, "platform", &name, e))
        return false;
    *ret = platform_by_name(name);
    return *ret || record_refuse(e, "unknown platform", name);
}

static bool take_flavor(struct record_parser *p, json_t *object, enum flavor *ret, struct error *e)
{
    const char *name;
    return record_take_text(p->run->pool, object, "flavor", &name, e) &&
           (flavor_parse(name, ret) || record_refuse(e, "unknown flavor", name));
}

static bool good_check(const char *id, enum area *ret, struct error *e)
{
    size_t length = strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789.-_"
                               "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    bool good = id[length] == '\0' && length <= CHECK_ID_LIMIT && area_of_check(id, ret);
    return good || record_refuse(e, "not the name of a check:", id);
}

static bool room(size_t count, size_t limit, struct error *e)
{
    return count < limit || error_set(e, ERROR_RUN, "more than %zu lines of this type", limit);
}

/* ---- lines ---- */

static bool parse_header(struct record_parser *p, json_t *o, struct error *e)
{
    static const struct record_member members[] = {
        {"version", offsetof(struct run, version), true},
        {"started", offsetof(struct run, started), false},
        {"kernel", offsetof(struct run, kernel), false},
        {"arch", offsetof(struct run, host_arch), false},
        {"host", offsetof(struct run, host_os), false},
    };
    const char *what = json_string_value(json_object_get(o, "plimsoll"));
    if (!what || strcmp(what, "results") != 0)
        return error_set(e, ERROR_RUN, "not a results file: its first line is no such header");
    json_object_del(o, "plimsoll");
    json_int_t schema = json_integer_value(json_object_get(o, "schema"));
    if (schema != RECORD_SCHEMA)
        return error_set(e, ERROR_RUN,
                         "written in schema %lld, and this plimsoll reads schema %d; read it with "
                         "the plimsoll that wrote it",
                         (long long)schema, RECORD_SCHEMA);
    json_object_del(o, "schema");
    p->began = true;
    return record_take_texts(p->run->pool, o, members, COUNT(members), p->run, e) &&
           record_take_facts(p->run->pool, o, "environment", &p->run->environment,
                             &p->run->environment_count, e);
}

static bool parse_fixture(struct record_parser *p, json_t *o, struct fixture *ret, struct error *e)
{
    static const struct record_member members[] = {
        {"resolv_conf", offsetof(struct fixture, resolv_conf), false},
        {"hosts", offsetof(struct fixture, hosts), false},
        {"nsswitch", offsetof(struct fixture, nsswitch), false},
        {"zone", offsetof(struct fixture, zone), false},
        {"environment", offsetof(struct fixture, environment), false},
        {"syslog", offsetof(struct fixture, syslog), false},
    };
    json_t *fixture = json_object_get(o, "fixture");
    if (!fixture)
        return true;
    if (!json_is_object(fixture))
        return error_set(e, ERROR_RUN, "\"fixture\" is not an object");
    bool ok = record_take_texts(p->run->pool, fixture, members, COUNT(members), ret, e) &&
              record_nothing_left(fixture, e);
    json_object_del(o, "fixture");
    return ok;
}

static bool parse_check(struct record_parser *p, json_t *o, struct error *e)
{
    static const struct record_member members[] = {
        {"id", offsetof(struct check, id), true},
        {"says", offsetof(struct check, says), false},
        {"why", offsetof(struct check, why), false},
        {"help", offsetof(struct check, help), false},
        {"refs", offsetof(struct check, refs), false},
        {"needs", offsetof(struct check, needs), false},
    };
    struct check c = {0};
    if (!room(p->run->check_count, TABLE_LIMIT, e) ||
        !record_take_texts(p->run->pool, o, members, COUNT(members), &c, e) ||
        !good_check(c.id, &c.area, e) || !record_take_decimal(o, "limit", &c.limit, e) ||
        !record_take_bool(o, "waits", &c.waits, e) || !parse_fixture(p, o, &c.fixture, e))
        return false;
    *ARRAY_ADD(&p->run->checks, &p->run->check_count) = c;
    return true;
}

static bool parse_image(struct record_parser *p, json_t *o, struct error *e)
{
    static const struct record_member members[] = {
        {"name", offsetof(struct image, name), true},
        {"reference", offsetof(struct image, reference), true},
        {"index_digest", offsetof(struct image, index_digest), false},
        {"manifest_digest", offsetof(struct image, manifest_digest), false},
        {"config_digest", offsetof(struct image, config_digest), false},
        {"chain_id", offsetof(struct image, chain_id), false},
        {"user", offsetof(struct image, user), false},
        {"os_id", offsetof(struct image, os_id), false},
        {"os_version", offsetof(struct image, os_version), false},
        {"os_name", offsetof(struct image, os_name), false},
    };
    size_t number;
    struct run *r = p->run;
    if (!record_take_number(o, "image", NUMBER_LIMIT, &number, e) ||
        !record_number_new(&p->images, number, r->image_count, "image", e))
        return false;
    struct image *i = ARRAY_ADD(&r->images, &r->image_count); /* run_free frees its arrays */
    return record_take_texts(p->run->pool, o, members, COUNT(members), i, e) &&
           take_platform(p, o, &i->platform, e) &&
           record_take_list(p->run->pool, o, "layer_digests", &i->layer_digests, &i->layer_count,
                            e) &&
           record_take_list(p->run->pool, o, "diff_ids", &i->diff_ids, &i->diff_id_count, e) &&
           record_take_list(p->run->pool, o, "environment", &i->environment, &i->environment_count,
                            e) &&
           record_take_facts(p->run->pool, o, "labels", &i->labels, &i->label_count, e) &&
           record_take_facts(p->run->pool, o, "facts", &i->facts, &i->fact_count, e);
}

static bool parse_probe(struct record_parser *p, json_t *o, struct error *e)
{
    static const struct record_member members[] = {
        {"digest", offsetof(struct probe_info, digest), false},
        {"compiler", offsetof(struct probe_info, compiler), false},
        {"libc_version", offsetof(struct probe_info, libc_version), false},
    };
    struct probe_info info = {0};
    const char *area;
    if (!room(p->run->probe_count, TABLE_LIMIT, e) || !take_platform(p, o, &info.platform, e) ||
        !take_flavor(p, o, &info.flavor, e) ||
        !record_take_text(p->run->pool, o, "area", &area, e) ||
        !record_take_texts(p->run->pool, o, members, COUNT(members), &info, e))
        return false;
    if (!area_of_check(area, &info.area) || strcmp(area, area_name(info.area)) != 0)
        return record_refuse(e, "unknown area", area);
    *ARRAY_ADD(&p->run->probes, &p->run->probe_count) = info;
    return true;
}

static bool parse_runner(struct record_parser *p, json_t *o, struct runner_info *ret,
                         struct error *e)
{
    static const struct record_member members[] = {
        {"name", offsetof(struct runner_info, name), false},
        {"version", offsetof(struct runner_info, version), false},
        {"mode", offsetof(struct runner_info, mode), false},
        {"emulator", offsetof(struct runner_info, emulator), false},
        {"emulator_version", offsetof(struct runner_info, emulator_version), false},
        {"emulator_digest", offsetof(struct runner_info, emulator_digest), false},
        {"emulation", offsetof(struct runner_info, emulation), false},
    };
    json_t *runner = json_object_get(o, "runner");
    if (!json_is_object(runner))
        return error_set(e, ERROR_RUN, "\"runner\" is missing or not an object");
    bool ok = record_take_texts(p->run->pool, runner, members, COUNT(members), ret, e) &&
              record_nothing_left(runner, e);
    json_object_del(o, "runner");
    return ok;
}

static bool parse_cell(struct record_parser *p, json_t *o, struct error *e)
{
    static const struct record_member members[] = {
        {"user", offsetof(struct cell, user), false},
        {"libc_version", offsetof(struct cell, libc_version), false},
        {"failure", offsetof(struct cell, failure), false},
    };
    struct cell c = {0};
    size_t number, image;
    if (!record_take_number(o, "cell", NUMBER_LIMIT, &number, e) ||
        !record_take_number(o, "image", NUMBER_LIMIT, &image, e) ||
        !record_number_place(&p->images, image, "image", &c.image, e) ||
        !take_flavor(p, o, &c.flavor, e) || !parse_runner(p, o, &c.runner, e) ||
        !record_take_texts(p->run->pool, o, members, COUNT(members), &c, e) ||
        !record_number_new(&p->cells, number, p->run->cell_count, "cell", e))
        return false;
    *ARRAY_ADD(&p->run->cells, &p->run->cell_count) = c;
    return true;
}

static bool add_observation(struct record_parser *p, size_t cell, const char *check,
                            enum status status, const char *value, struct error *e)
{
    struct observation o = {.check = check, .status = status, .value = value};
    enum area area;
    if (!room(p->run->observation_count, ROW_LIMIT, e) ||
        !record_number_place(&p->cells, cell, "cell", &o.cell, e) || !good_check(check, &area, e))
        return false;
    if (strnlen(value, RECORD_VALUE_LIMIT + 1) > RECORD_VALUE_LIMIT)
        return error_set(e, ERROR_RUN, "the value is longer than %d bytes", RECORD_VALUE_LIMIT);
    *ARRAY_ADD(&p->run->observations, &p->run->observation_count) = o;
    return true;
}

static bool add_timing(struct record_parser *p, size_t cell, const char *check, double ms,
                       struct error *e)
{
    struct timing t = {.check = check, .milliseconds = ms};
    enum area area;
    if (!room(p->run->timing_count, ROW_LIMIT, e) ||
        !record_number_place(&p->cells, cell, "cell", &t.cell, e) || !good_check(check, &area, e))
        return false;
    *ARRAY_ADD(&p->run->timings, &p->run->timing_count) = t;
    return true;
}

static bool parse_observation(struct record_parser *p, json_t *o, struct error *e)
{
    const char *check, *name, *value;
    size_t cell;
    enum status status;
    if (!record_take_number(o, "cell", NUMBER_LIMIT, &cell, e) ||
        !record_take_text(p->run->pool, o, "check", &check, e) ||
        !record_take_text(p->run->pool, o, "status", &name, e) ||
        !record_take_text(p->run->pool, o, "value", &value, e))
        return false;
    if (!status_parse(name, &status))
        return record_refuse(e, "unknown status", name);
    return add_observation(p, cell, check, status, value, e);
}

static bool parse_timing(struct record_parser *p, json_t *o, struct error *e)
{
    const char *check;
    size_t cell;
    double ms;
    return record_take_number(o, "cell", NUMBER_LIMIT, &cell, e) &&
           record_take_text(p->run->pool, o, "check", &check, e) &&
           record_take_decimal(o, "ms", &ms, e) && add_timing(p, cell, check, ms, e);
}

static bool parse_end(struct record_parser *p, json_t *o, struct error *e)
{
    const struct run *r = p->run;
    const struct {
        const char *key;
        size_t count;
    } counts[] = {
        {"checks", r->check_count},
        {"images", r->image_count},
        {"probes", r->probe_count},
        {"cells", r->cell_count},
        {"observations", r->observation_count},
        {"timings", r->timing_count},
    };
    for (size_t i = 0; i < COUNT(counts); i++) {
        size_t n;
        if (!record_take_number(o, counts[i].key, SIZE_MAX, &n, e))
            return false;
        if (n != counts[i].count)
            return error_set(e, ERROR_RUN, "%zu %s were written and %zu are here", n, counts[i].key,
                             counts[i].count);
    }
    p->ended = true;
    return true;
}

static bool parse_typed(struct record_parser *p, json_t *o, struct error *e)
{
    static const struct {
        const char *type;
        bool (*parse)(struct record_parser *p, json_t *o, struct error *e);
    } types[] = {
        {"check", parse_check},
        {"image", parse_image},
        {"probe", parse_probe},
        {"cell", parse_cell},
        {"observation", parse_observation},
        {"timing", parse_timing},
        {"end", parse_end},
    };
    const char *type;
    if (!record_take_text(p->run->pool, o, "type", &type, e))
        return false;
    for (size_t i = 0; i < COUNT(types); i++)
        if (strcmp(type, types[i].type) == 0)
            return types[i].parse(p, o, e) || error_context(e, "%s", type);
    return record_refuse(e, "unknown type of line", type);
}

static bool parse_row(struct record_parser *p, const struct record_row *row, struct error *e)
{
    const char *check = pool_intern_n(p->run->pool, row->check.text, row->check.length);
    if (row->is_timing)
        return add_timing(p, row->cell, check, row->milliseconds, e) || error_context(e, "timing");
    const char *value = pool_intern_n(p->run->pool, row->value.text, row->value.length);
    return add_observation(p, row->cell, check, row->status, value, e) ||
           error_context(e, "observation");
}

void record_parser_done(struct record_parser *p)
{
    free(p->images.places);
    free(p->cells.places);
}

bool record_parse_line(struct record_parser *p, const char *line, size_t length, struct error *e)
{
    struct record_row row;
    json_error_t fault;
    if (p->ended)
        return error_set(e, ERROR_RUN, "a line after the end line");
    if (p->began && record_row_scan(line, length, &row))
        return parse_row(p, &row, e);
    json_t *o = json_loadb(line, length, JSON_REJECT_DUPLICATES, &fault);
    if (!o && !p->began)
        return error_set(e, ERROR_RUN, "not a results file: its first line is not JSON");
    if (!o)
        return record_refuse(e, "bad JSON:", fault.text);
    bool ok = json_is_object(o) || error_set(e, ERROR_RUN, "not a JSON object");
    ok = ok && (p->began ? parse_typed(p, o, e) : parse_header(p, o, e)) &&
         record_nothing_left(o, e);
    json_decref(o);
    return ok;
}
