/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/layer_record.h"
#include "harness/base/json_out.h"

#include <archive.h>

void layer_record_done(struct layer_record *r)
{
    text_done(&r->owners);
    text_done(&r->modes);
    text_done(&r->devices);
    text_done(&r->attributes);
    text_done(&r->others);
}

/* Begins the element ["PATH", of a list. */
static void begin(struct text *list, const char *path)
{
    if (list->length > 0)
        text_add(list, ",\n    ");
    text_add_char(list, '[');
    json_out_quoted(list, path);
}

void layer_record_owner(struct layer_record *r, const char *path, int64_t uid, int64_t gid)
{
    begin(&r->owners, path);
    text_printf(&r->owners, ", %lld, %lld]", (long long)uid, (long long)gid);
}

void layer_record_mode(struct layer_record *r, const char *path, mode_t mode)
{
    begin(&r->modes, path);
    text_printf(&r->modes, ", \"%04o\"]", (unsigned)mode & 07777);
}

void layer_record_device(struct layer_record *r, const char *path, struct archive_entry *entry)
{
    begin(&r->devices, path);
    text_printf(&r->devices, ", \"%c\", %u, %u, \"%04o\"]",
                archive_entry_filetype(entry) == AE_IFBLK ? 'b' : 'c',
                (unsigned)archive_entry_rdevmajor(entry), (unsigned)archive_entry_rdevminor(entry),
                (unsigned)archive_entry_mode(entry) & 07777);
}

void layer_record_other(struct layer_record *r, const char *path)
{
    begin(&r->others, path);
    text_add_char(&r->others, ']');
}

void layer_record_attributes(struct layer_record *r, const char *path, struct archive_entry *entry)
{
    const char *name;
    const void *value;
    size_t size;
    if (archive_entry_xattr_reset(entry) == 0)
        return;
    begin(&r->attributes, path);
    while (archive_entry_xattr_next(entry, &name, &value, &size) == ARCHIVE_OK) {
        text_add(&r->attributes, ", ");
        json_out_quoted(&r->attributes, name ? name : "");
    }
    text_add_char(&r->attributes, ']');
}

static void write_list(struct text *ret, const char *name, const struct text *list)
{
    text_printf(ret, ",\n  \"%s\": [%s]", name, text_get(list));
}

void layer_record_write(const struct layer_record *r, struct text *ret)
{
    text_printf(ret, "\"files\": %llu,\n  \"bytes\": %llu", (unsigned long long)r->files,
                (unsigned long long)r->bytes);
    write_list(ret, "owners", &r->owners);
    write_list(ret, "modes", &r->modes);
    write_list(ret, "devices", &r->devices);
    write_list(ret, "attributes", &r->attributes);
    write_list(ret, "others", &r->others);
}
