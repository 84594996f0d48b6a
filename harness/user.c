/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/user.h"
#include "harness/base/pool.h"
#include "harness/base/text.h"
#include "harness/tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { FIELD_MAX = 7, GROUP_MAX = 32, FILE_LIMIT = 1024 * 1024 };

/* 2^32 - 1 is "no such id" to the kernel, so the last good one is 2^32 - 2. */
static bool parse_id(const char *text, unsigned long *ret)
{
    char *end = NULL;
    errno = 0;
    *ret = strtoul(text, &end, 10);
    return text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0 && *ret < 0xffffffffUL;
}

/* Splits one line at its colons, in place; missing fields are "". */
static void split_fields(char *line, char *fields[FIELD_MAX])
{
    for (int i = 0; i < FIELD_MAX; i++) {
        fields[i] = line;
        line += strcspn(line, ":");
        if (*line)
            *line++ = '\0';
    }
}

/* The first entry whose field `key` equals value; its line is copied and split into fields. */
static char *find_entry(const char *text, int key, const char *value, char *fields[FIELD_MAX])
{
    while (text && *text) {
        size_t length = strcspn(text, "\n");
        char *line = must_printf("%.*s", (int)length, text);
        split_fields(line, fields);
        if (strcmp(fields[key], value) == 0)
            return line;
        free(line);
        text += length + (text[length] == '\n');
    }
    return NULL;
}

static bool lists_member(const char *members, const char *name)
{
    size_t length = strlen(name);
    for (; *members; members += strcspn(members, ",") + (members[strcspn(members, ",")] == ','))
        if (strncmp(members, name, length) == 0 && (members[length] == ',' || !members[length]))
            return true;
    return false;
}

static void add_supplementary(struct text *out, const char *group, const char *name,
                              unsigned long primary)
{
    int added = 0;
    for (const char *at = group; at && *at && added < GROUP_MAX;) {
        size_t length = strcspn(at, "\n");
        CLEANUP_FREE char *line = must_printf("%.*s", (int)length, at);
        char *fields[FIELD_MAX];
        split_fields(line, fields);
        unsigned long gid;
        if (lists_member(fields[3], name) && parse_id(fields[2], &gid) && gid != primary) {
            text_printf(out, ":%lu", gid);
            added++;
        }
        at += length + (at[length] == '\n');
    }
}

static bool resolve_group(const char *spec, const char *group, unsigned long *ret, struct error *e)
{
    char *fields[FIELD_MAX];
    if (parse_id(spec, ret))
        return true;
    CLEANUP_FREE char *entry = find_entry(group, 0, spec, fields);
    if (entry && parse_id(fields[2], ret))
        return true;
    return error_set(e, ERROR_RUN, "the image's /etc/group has no group \"%s\"", spec);
}

char *user_resolve(const char *spec, const char *passwd, const char *group, struct error *e)
{
    CLEANUP_FREE char *user = must_strdup(*spec ? spec : "0");
    char *colon = strchr(user, ':'), *fields[FIELD_MAX];
    if (colon)
        *colon++ = '\0';
    unsigned long uid = 0, gid = 0;
    bool numeric = parse_id(user, &uid);
    CLEANUP_FREE char *entry = find_entry(passwd, numeric ? 2 : 0, user, fields);
    if (!numeric && (!entry || !parse_id(fields[2], &uid))) {
        error_set(e, ERROR_RUN, "the image's /etc/passwd has no user \"%s\"", user);
        return NULL;
    }
    if (entry && !parse_id(fields[3], &gid))
        gid = 0;
    if (colon && !resolve_group(colon, group, &gid, e))
        return NULL;
    CLEANUP_TEXT struct text out = TEXT_INIT;
    text_printf(&out, "%lu:%lu", uid, gid);
    if (entry && !colon)
        add_supplementary(&out, group, fields[0], gid);
    return text_take(&out);
}

char *user_of_image(const struct image *image, const char *override, struct error *e)
{
    CLEANUP_CLOSE int root = tree_open_root(image->root, e);
    if (root < 0)
        return NULL;
    CLEANUP_FREE char *passwd = tree_read(root, "etc/passwd", FILE_LIMIT, NULL);
    CLEANUP_FREE char *group = tree_read(root, "etc/group", FILE_LIMIT, NULL);
    const char *spec = override ? override : image->user ? image->user : "";
    return user_resolve(spec, passwd, group, e);
}
