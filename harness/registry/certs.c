/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/registry/certs.h"
#include "harness/base/file.h"
#include "harness/base/pool.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CERTIFICATE_BYTES = 1024 * 1024 };

static bool has_end(const char *name, const char *end)
{
    size_t length = strlen(name), n = strlen(end);
    return length > n && strcmp(name + length - n, end) == 0;
}

static bool add_authority(struct certs *c, const char *path, struct error *e)
{
    size_t length;
    CLEANUP_FREE char *pem = file_read(path, CERTIFICATE_BYTES, &length, e);
    if (!pem)
        return false;
    text_add_n(&c->authorities, pem, length);
    text_add_char(&c->authorities, '\n');
    return true;
}

/* Of several pairs the first by name. */
static bool set_pair(struct certs *c, const char *path, struct error *e)
{
    if (c->certificate)
        return true;
    CLEANUP_FREE char *key = must_printf("%.*s.key", (int)(strlen(path) - strlen(".cert")), path);
    if (access(key, R_OK) < 0)
        return error_errno(e, ERROR_USAGE, errno, "%s has no key beside it: %s", path, key);
    c->certificate = must_strdup(path);
    c->key = must_strdup(key);
    return true;
}

static bool take_file(struct certs *c, const char *dir, const char *name, struct error *e)
{
    CLEANUP_FREE char *path = must_printf("%s/%s", dir, name);
    if (has_end(name, ".crt"))
        return add_authority(c, path, e);
    return !has_end(name, ".cert") || set_pair(c, path, e);
}

static bool load_dir(struct certs *c, const char *dir, struct error *e)
{
    struct dirent **entries;
    int count = scandir(dir, &entries, NULL, alphasort);
    bool ok = count >= 0;
    if (!ok)
        error_errno(e, ERROR_USAGE, errno, "cannot read the certificates in %s", dir);
    for (int i = 0; i < count; i++) {
        ok = ok && take_file(c, dir, entries[i]->d_name, e);
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
    return ok;
}

/* NULL when there is none. */
static char *find_dir(const char *host)
{
    const char *home = getenv("HOME");
    CLEANUP_FREE char *own = must_printf("%s/.config/containers", home ? home : "");
    const char *const tops[] = {own, "/etc/containers", "/etc/docker"};
    for (size_t i = home ? 0 : 1; i < sizeof tops / sizeof *tops; i++) {
        char *dir = must_printf("%s/certs.d/%s", tops[i], host);
        if (access(dir, F_OK) == 0)
            return dir;
        free(dir);
    }
    return NULL;
}

bool certs_load(struct certs *ret, const char *dir, const char *host, struct error *e)
{
    CLEANUP_FREE char *found = dir ? NULL : find_dir(host);
    *ret = (struct certs){.authorities = TEXT_INIT};
    if ((!dir && !found) || load_dir(ret, dir ? dir : found, e))
        return true;
    certs_done(ret);
    return false;
}

void certs_done(struct certs *c)
{
    text_done(&c->authorities);
    free(c->certificate);
    free(c->key);
    *c = (struct certs){.authorities = TEXT_INIT};
}
