/* SPDX-License-Identifier: Apache-2.0 */
/* For tests: a store in a directory of its own, and roots in it. */
#pragma once
#include "harness/store.h"
#include "harness/tar_fixture.h"

#define CHAIN "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define OTHER "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static char *dir;
static struct store store;

static inline void store_set_up(void)
{
    struct error e = ERROR_INIT;
    dir = fixture_dir();
    ck_assert_msg(store_open(&store, dir, &e), "%s", e.message);
}

static inline void store_tear_down(void)
{
    store_close(&store);
    fixture_remove(dir);
}

/* Whether a folder of the store has nothing in it. */
static inline bool store_is_empty(const char *name)
{
    CLEANUP_FREE char *path = must_printf("%s/%s", dir, name);
    return rmdir(path) == 0 && mkdir(path, 0700) == 0;
}

/* A root with one file. */
static inline void store_add_root(const char *chain, const char *content)
{
    struct error e = ERROR_INIT;
    struct store_work w;
    ck_assert_msg(store_lock(&store, chain, &w, &e) && store_work_start(&store, chain, &w, &e),
                  "%s", e.message);
    fixture_text(w.dir, "rootfs/file", content);
    fixture_text(w.dir, "record.json", "{}\n");
    ck_assert_msg(store_publish(&store, &w, chain, &e), "%s", e.message);
    store_work_done(&w);
}
