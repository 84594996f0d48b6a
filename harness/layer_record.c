/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/layer_record.h"
#include "harness/base/json_out.h"

struct record {
    struct text path, owners, modes, devices, attributes, others; /* JSON array elements */
};

/* Begins the element ["PATH", of a list. */
static struct text *begin(struct text *list, const struct record *r)
{
    if (list->length > 0)
        text_add(list, ",\n    ");
    text_add_char(list, '[');
    json_out_quoted(list, text_get(&r->path));
    return list;
}

static void add_attributes(struct record *r, const struct layer_look *k)
{
    for (size_t i = 0; i < k->attribute_count; i++) {
        const struct layer_attribute *a = &k->attributes[i];
        const unsigned char *value = a->value;
        struct text *t = begin(&r->attributes, r);
        text_add(t, ", ");
        json_out_quoted(t, a->name);
        text_add(t, ", \"");
        for (size_t n = 0; n < a->size; n++)
            text_printf(t, "%02x", value[n]);
        text_printf(t, "\", %s]", a->kept ? "true" : "false");
    }
}

static void add_missing(struct record *r, const struct layer_look *k)
{
    unsigned mode = (unsigned)k->mode & 07777;
    if (S_ISCHR(k->mode) || S_ISBLK(k->mode))
        text_printf(begin(&r->devices, r), ", \"%c\", %u, %u, \"%04o\", %lld, %lld]",
                    S_ISBLK(k->mode) ? 'b' : 'c', k->major, k->minor, mode, (long long)k->uid,
                    (long long)k->gid);
    else
        text_add_char(begin(&r->others, r), ']');
}

static void add_look(struct record *r, const struct layer_look *k)
{
    if (k->missed & LAYER_MISSED_ALL) {
        add_missing(r, k);
    } else {
        if (k->missed & LAYER_MISSED_OWNER)
            text_printf(begin(&r->owners, r), ", %lld, %lld]", (long long)k->uid,
                        (long long)k->gid);
        if (k->missed & LAYER_MISSED_MODE)
            text_printf(begin(&r->modes, r), ", \"%04o\"]", (unsigned)k->mode & 07777);
    }
    add_attributes(r, k);
}

static bool add_node(struct layer_node *n, void *data)
{
    struct record *r = data;
    size_t before = r->path.length;
    if (n->parent)
        text_printf(&r->path, "%s%s", before > 0 ? "/" : "", n->name);
    if (n->told)
        add_look(r, &n->look);
    bool ok = layer_node_each(n, add_node, r);
    text_cut(&r->path, before);
    return ok;
}

static void write_list(struct text *ret, const char *before, const char *name, struct text *list)
{
    text_printf(ret, "%s\"%s\": [%s]", before, name, text_get(list));
    text_done(list);
}

void layer_record_write(struct layer_node *tree, struct text *ret)
{
    struct record r = {.path = TEXT_INIT};
    if (!add_node(tree, &r))
        return; /* no visit ever ends the walk */
    text_done(&r.path);
    write_list(ret, "", "owners", &r.owners);
    write_list(ret, ",\n  ", "modes", &r.modes);
    write_list(ret, ",\n  ", "devices", &r.devices);
    write_list(ret, ",\n  ", "attributes", &r.attributes);
    write_list(ret, ",\n  ", "others", &r.others);
}
