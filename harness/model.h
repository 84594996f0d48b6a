/* SPDX-License-Identifier: Apache-2.0 */
/* The nouns of Plimsoll as plain values: equality, order, printing; no I/O.
 *
 * Every text is owned by the pool of the run or judgement that holds it, unless said otherwise;
 * NULL means "not known" or "does not apply". Arrays grown with ARRAY_ADD are heap memory, freed
 * by run_free / judgement_free. */
#pragma once
#include "harness/base/error.h"
#include "harness/base/pool.h"
#include <stddef.h>
#include <stdint.h>

/* ---- platform: one row of harness/platforms.txt ---- */

struct platform {
    const char *name;                /* OCI normal form, "linux/arm/v7": the form that we print */
    const char *debian;              /* "armhf" */
    const char *uname;               /* "armv7l" */
    const char *qemu;                /* the emulator's architecture, "arm" */
    const char *os, *arch, *variant; /* "linux", "arm", "v7" (or NULL), as in an OCI index */
    int bits;                        /* 32, 64: the ELF class */
    bool big_endian;
    int elf_machine; /* e_machine */
    const char *glibc_loader, *musl_loader;
};

extern const struct platform platforms[];
extern const size_t platform_count;

/* By OCI, Debian's or uname's name ("linux/arm64", "arm64", "aarch64"); NULL when unknown. */
const struct platform *platform_by_name(const char *name) NONNULL;
const struct platform *platform_by_elf(int elf_class_bits, bool big_endian, int elf_machine);
const struct platform *platform_of_host(void);

/* ---- flavor: how a probe is linked ---- */

enum flavor { GLIBC_DYNAMIC, GLIBC_STATIC, MUSL_DYNAMIC, MUSL_STATIC, FLAVOR_NONE };
enum { FLAVOR_COUNT = 4 }; /* FLAVOR_NONE is the cell of the image area, which no probe looks at */

const char *flavor_name(enum flavor f); /* "glibc-dynamic", ..., "none" */
bool flavor_parse(const char *name, enum flavor *ret) NONNULL;
const char *flavor_libc(enum flavor f);    /* "glibc", "musl", "none" */
const char *flavor_linkage(enum flavor f); /* "dynamic", "static", "none" */

/* ---- area ---- */

enum area {
    AREA_EXEC,
    AREA_DNS,
    AREA_TIME,
    AREA_LOCALE,
    AREA_ENTROPY,
    AREA_LOGGING,
    AREA_IMAGE, /* read by the harness, no probe */
    AREA_COUNT
};

const char *area_name(enum area a);
bool area_of_check(const char *id, enum area *ret) NONNULL; /* by the part before the first dot */

/* ---- check: as its probe describes it (probe --list) ---- */

struct fixture { /* what must be in place before the probe starts; NULL: the cell's default */
    const char *resolv_conf, *hosts, *nsswitch; /* contents of the files; "@1" is a DNS server */
    const char *zone;                           /* script of the DNS servers, see probes/probe.h */
    const char *environment;                    /* "NAME=value" lines added to the clean one */
    const char *syslog;                         /* "dgram" (default), "stream", "none" */
};

struct check {
    const char *id; /* "dns.tcp-fallback" */
    enum area area;
    const char *says, *why, *refs, *help, *needs;
    double limit; /* seconds until it is a timeout, native; emulated cells get more */
    bool waits;   /* spends its time waiting, so many may run side by side */
    struct fixture fixture;
};

bool fixture_equal(const struct fixture *a, const struct fixture *b) NONNULL;
/* Whether one process can run checks with these: what must be there before it starts is the same,
 * the rest a cell gives to each check (see runners/cell/PROTOCOL.md). */
bool fixture_compatible(const struct fixture *a, const struct fixture *b) NONNULL;

/* ---- image ---- */

struct fact { /* an observation of the image area: "image-libc" = "musl" */
    const char *name, *value;
};

struct image {
    const char *name;      /* key in the matrix, else the reference as given */
    const char *reference; /* normal form with its transport: "oci:DIR:TAG" */
    const struct platform *platform;
    const char *index_digest, *manifest_digest, *config_digest;
    const char **layer_digests; /* heap; as in the manifest */
    size_t layer_count;
    const char **diff_ids; /* heap */
    size_t diff_id_count;
    const char *chain_id;     /* of the unpacked root; NULL for rootfs: */
    const char *root;         /* directory of the unpacked root; not stored in results */
    const char *user;         /* config.User, "" when unset */
    const char **environment; /* config.Env, heap */
    size_t environment_count;
    struct fact *labels; /* heap; org.opencontainers.image.* only */
    size_t label_count;
    const char *os_id, *os_version, *os_name; /* os-release ID, VERSION_ID, PRETTY_NAME */
    struct fact *facts;                       /* heap; sorted by name */
    size_t fact_count;
};

const char *image_fact(const struct image *image, const char *name) NONNULL; /* NULL: no such */

/* ---- cell: image x platform x flavor under one runner ---- */

struct runner_info {
    const char *name, *version;   /* "sandbox" */
    const char *mode;             /* how the root is made: "overlay", "synthetic" */
    const char *emulator;         /* NULL: native; "qemu-aarch64-static" */
    const char *emulator_version; /* "7.2.22" */
    const char *emulator_digest;  /* sha256:... */
    const char *emulation;        /* "private-binfmt", "host-binfmt", "prefix" */
};

struct probe_info { /* one probe program */
    const struct platform *platform;
    enum flavor flavor;
    enum area area;
    const char *digest;                  /* sha256:... */
    const char *compiler, *libc_version; /* that it was built with */
};

struct cell {
    size_t image; /* index into run.images */
    enum flavor flavor;
    struct runner_info runner;
    const char *user;         /* "0:0" as which the probes ran */
    const char *libc_version; /* of the libc the probe ran on, as it says itself; NULL unknown */
    const char *failure;      /* the cell could not run: why, and it has no observations; or NULL */
};

/* ---- observation ---- */

enum status {
    STATUS_VALUE,
    STATUS_CRASH,   /* value: the signal */
    STATUS_TIMEOUT, /* value: the limit */
    STATUS_SKIP,    /* does not apply here; value: the reason */
    STATUS_ABSENT,  /* the probe cannot start in this cell, see exec.start */
    STATUS_ERROR,   /* our fault; value: the reason */
};

const char *status_name(enum status s);
bool status_parse(const char *name, enum status *ret) NONNULL;

struct observation {
    size_t cell; /* index into run.cells */
    const char *check;
    enum status status;
    const char *value; /* one printable line, never NULL */
};

struct timing { /* kept beside the observations, never in them */
    size_t cell;
    const char *check;
    double milliseconds;
};

/* Order by cell, then check, for qsort(3). */
int observation_compare(const void *a, const void *b);
int timing_compare(const void *a, const void *b);

/* ---- run: everything that was observed, as the results file holds it ---- */

struct run {
    struct pool *pool;
    const char *version;                      /* of the harness */
    const char *started;                      /* ISO 8601, UTC; SOURCE_DATE_EPOCH */
    const char *kernel, *host_arch, *host_os; /* uname and os-release of the host */
    struct fact *environment;                 /* allow-listed names only */
    size_t environment_count;
    struct check *checks;
    size_t check_count;
    struct image *images;
    size_t image_count;
    struct probe_info *probes; /* the programs that were run */
    size_t probe_count;
    struct cell *cells;
    size_t cell_count;
    struct observation *observations;
    size_t observation_count;
    struct timing *timings;
    size_t timing_count;
    bool complete; /* the end line was there: nothing was interrupted */
};

struct run *run_new(void) MUST_CHECK;
void run_free(struct run *r);
const struct check *run_check(const struct run *r, const char *id) NONNULL; /* NULL: unknown */
/* Observations and timings by cell, then check: the order in which they are stored. */
void run_sort(struct run *r) NONNULL;

/* ---- plan: what is to be run, made by the harness, carried out by a runner ---- */

struct job {     /* one probe process: checks of one area with compatible fixtures */
    size_t cell; /* index into run.cells */
    enum area area;
    const struct check **checks; /* heap; sorted by id */
    size_t check_count;
    double limit; /* seconds for the whole process */
    double idle;  /* seconds until its next line */
    bool waits;   /* see struct check: all of them do, or none */
    bool first;   /* holds exec.start: the cell's other jobs start once this one has said hello */
};

struct sandbox {               /* the cells that share one: image x platform x identity */
    size_t image;              /* index into run.images */
    const char *user;          /* "UID:GID[:GID...]" */
    const char *emulator_path; /* NULL: native */
    struct job *jobs;          /* heap; in the order in which they should start */
    size_t job_count;
};

struct plan {
    struct sandbox *sandboxes; /* heap */
    size_t sandbox_count;
};

void plan_done(struct plan *p) NONNULL;

/* ---- verdict and judgement ---- */

enum verdict {
    VERDICT_PASS,
    VERDICT_KNOWN,
    VERDICT_DIVERGED,
    VERDICT_NEW,
    VERDICT_MISSING,
    VERDICT_FLAKY,
    VERDICT_SKIPPED,
    VERDICT_ABSENT,
    VERDICT_ERROR,
    VERDICT_COUNT
};

const char *verdict_name(enum verdict v);

struct judged {
    size_t cell;
    const char *check;
    enum verdict verdict;
    enum status status;
    const char *observed; /* the value, or the reason of a skip or error; never NULL */
    const char *expected; /* as a person reads it: `"a" or "b"`, `matches ^x$`; NULL: no rule */
    const char *rule;     /* "builtin/dns.yaml:12:5" of the rule that judged; NULL: no rule */
    const char *reason, *ref;
    size_t cause; /* index into judgement.causes; SIZE_MAX: stands for itself */
};

struct cause { /* one thing behind several divergences */
    size_t image;
    const char *text; /* "tzdata is absent, and plimsoll.yaml:7:44 pins it as present" */
    const char *fact; /* "tzdata"; NULL for exec.start */
    const char *rule; /* where it is pinned */
    size_t divergence_count;
};

struct remark {       /* of the matrix itself: an unreferenced or expired rule */
    const char *kind; /* "unreferenced", "expired" */
    const char *rule, *text;
};

struct matrix_file {
    const char *path, *digest;
};

struct judgement {
    struct pool *pool;
    const struct run *run; /* borrowed */
    struct judged *verdicts;
    size_t verdict_count;
    struct cause *causes;
    size_t cause_count;
    struct remark *remarks;
    size_t remark_count;
    struct matrix_file *matrices;
    size_t matrix_count;
    size_t counts[VERDICT_COUNT];
    size_t unopened; /* images that could not be opened: no cell of theirs is here */
    bool strict;
};

struct judgement *judgement_new(const struct run *run) NONNULL MUST_CHECK;
void judgement_free(struct judgement *j);
/* 0 all as expected; 1 divergence: diverged, flaky, missing or new, or when strict a remark on the
 * matrix; 3 errors and no divergence. */
int judgement_exit_code(const struct judgement *j) NONNULL;
