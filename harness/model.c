/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/model.h"

#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

const struct platform platforms[] = {
#include "platforms.inc" /* made from harness/platforms.txt */
};
const size_t platform_count = sizeof platforms / sizeof *platforms;

const struct platform *platform_by_name(const char *name)
{
    static const struct {
        const char *alias, *name;
    } aliases[] = {
        {"linux/arm64/v8", "linux/arm64"},
        {"linux/amd64/v1", "linux/amd64"},
        {"arm/v7", "linux/arm/v7"},
        {"linux/arm", "linux/arm/v7"},
        {"i386", "linux/386"},
        {"386", "linux/386"},
        {"i586", "linux/386"},
        {"linux/i386", "linux/386"},
        {"armv8l", "linux/arm/v7"},
        {"mips64le", "linux/mips64le"},
    };
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++)
        if (strcmp(name, aliases[i].alias) == 0)
            name = aliases[i].name;
    for (size_t i = 0; i < platform_count; i++) {
        const struct platform *p = &platforms[i];
        if (strcmp(name, p->name) == 0 || strcmp(name, p->debian) == 0 ||
            strcmp(name, p->uname) == 0)
            return p;
    }
    return NULL;
}

const struct platform *platform_by_elf(int elf_class_bits, bool big_endian, int elf_machine)
{
    for (size_t i = 0; i < platform_count; i++) {
        const struct platform *p = &platforms[i];
        if (p->bits == elf_class_bits && p->big_endian == big_endian &&
            p->elf_machine == elf_machine)
            return p;
    }
    return NULL;
}

const struct platform *platform_of_host(void)
{
    struct utsname u;
    return uname(&u) == 0 ? platform_by_name(u.machine) : NULL;
}

static const char *const flavor_names[] = {"glibc-dynamic", "glibc-static", "musl-dynamic",
                                           "musl-static", "none"};
static const char *const area_names[] = {"exec",    "dns",     "time", "locale",
                                         "entropy", "logging", "image"};
static const char *const status_names[] = {"value", "crash", "timeout", "skip", "absent", "error"};
static const char *const verdict_names[] = {"pass",  "known",   "diverged", "new",  "missing",
                                            "flaky", "skipped", "absent",   "error"};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static size_t find_name(const char *const *names, size_t count, const char *name)
{
    size_t i = 0;
    while (i < count && strcmp(names[i], name) != 0)
        i++;
    return i;
}

const char *flavor_name(enum flavor f)
{
    return flavor_names[f];
}

bool flavor_parse(const char *name, enum flavor *ret)
{
    size_t i = find_name(flavor_names, COUNT(flavor_names), name);
    if (i == COUNT(flavor_names))
        return false;
    *ret = (enum flavor)i;
    return true;
}

const char *flavor_libc(enum flavor f)
{
    return f == FLAVOR_NONE ? "none" : f == GLIBC_DYNAMIC || f == GLIBC_STATIC ? "glibc" : "musl";
}

const char *flavor_linkage(enum flavor f)
{
    return f == FLAVOR_NONE                          ? "none"
           : f == GLIBC_DYNAMIC || f == MUSL_DYNAMIC ? "dynamic"
                                                     : "static";
}

const char *area_name(enum area a)
{
    return area_names[a];
}

bool area_of_check(const char *id, enum area *ret)
{
    size_t length = strcspn(id, ".");
    for (size_t i = 0; i < COUNT(area_names); i++) {
        if (strlen(area_names[i]) == length && strncmp(id, area_names[i], length) == 0) {
            *ret = (enum area)i;
            return true;
        }
    }
    return false;
}

static bool text_equal(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

bool fixture_equal(const struct fixture *a, const struct fixture *b)
{
    return text_equal(a->resolv_conf, b->resolv_conf) && text_equal(a->hosts, b->hosts) &&
           text_equal(a->nsswitch, b->nsswitch) && text_equal(a->zone, b->zone) &&
           text_equal(a->environment, b->environment) && text_equal(a->syslog, b->syslog);
}

bool fixture_compatible(const struct fixture *a, const struct fixture *b)
{
    return text_equal(a->nsswitch, b->nsswitch) && text_equal(a->environment, b->environment) &&
           text_equal(a->syslog, b->syslog);
}

const char *image_fact(const struct image *image, const char *name)
{
    for (size_t i = 0; i < image->fact_count; i++)
        if (strcmp(image->facts[i].name, name) == 0)
            return image->facts[i].value;
    return NULL;
}

const char *status_name(enum status s)
{
    return status_names[s];
}

bool status_parse(const char *name, enum status *ret)
{
    size_t i = find_name(status_names, COUNT(status_names), name);
    if (i == COUNT(status_names))
        return false;
    *ret = (enum status)i;
    return true;
}

struct run *run_new(void)
{
    struct run *r = must_calloc(1, sizeof *r);
    r->pool = pool_new();
    return r;
}

void run_free(struct run *r)
{
    if (!r)
        return;
    for (size_t i = 0; i < r->image_count; i++) {
        free(r->images[i].layer_digests);
        free(r->images[i].diff_ids);
        free(r->images[i].environment);
        free(r->images[i].labels);
        free(r->images[i].facts);
    }
    free(r->environment);
    free(r->checks);
    free(r->images);
    free(r->probes);
    free(r->cells);
    free(r->observations);
    free(r->timings);
    pool_free(r->pool);
    free(r);
}

const struct check *run_check(const struct run *r, const char *id)
{
    for (size_t i = 0; i < r->check_count; i++)
        if (strcmp(r->checks[i].id, id) == 0)
            return &r->checks[i];
    return NULL;
}

int observation_compare(const void *a, const void *b)
{
    const struct observation *x = a, *y = b;
    if (x->cell != y->cell)
        return x->cell < y->cell ? -1 : 1;
    return strcmp(x->check, y->check);
}

int timing_compare(const void *a, const void *b)
{
    const struct timing *x = a, *y = b;
    if (x->cell != y->cell)
        return x->cell < y->cell ? -1 : 1;
    return strcmp(x->check, y->check);
}

void run_sort(struct run *r)
{
    if (r->observation_count)
        qsort(r->observations, r->observation_count, sizeof *r->observations, observation_compare);
    if (r->timing_count)
        qsort(r->timings, r->timing_count, sizeof *r->timings, timing_compare);
}

void plan_done(struct plan *p)
{
    for (size_t i = 0; i < p->sandbox_count; i++) {
        for (size_t k = 0; k < p->sandboxes[i].job_count; k++)
            free(p->sandboxes[i].jobs[k].checks);
        free(p->sandboxes[i].jobs);
    }
    free(p->sandboxes);
    *p = (struct plan){NULL, 0};
}

const char *verdict_name(enum verdict v)
{
    return verdict_names[v];
}

struct judgement *judgement_new(const struct run *run)
{
    struct judgement *j = must_calloc(1, sizeof *j);
    j->pool = pool_new();
    j->run = run;
    return j;
}

void judgement_free(struct judgement *j)
{
    if (!j)
        return;
    free(j->verdicts);
    free(j->causes);
    free(j->remarks);
    free(j->matrices);
    pool_free(j->pool);
    free(j);
}

int judgement_exit_code(const struct judgement *j)
{
    if (j->counts[VERDICT_DIVERGED] || j->counts[VERDICT_NEW] || j->counts[VERDICT_MISSING] ||
        j->counts[VERDICT_FLAKY] || (j->strict && j->remark_count > 0))
        return 1;
    return j->counts[VERDICT_ERROR] || j->unopened ? ERROR_RUN : 0;
}
