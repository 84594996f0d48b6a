/* SPDX-License-Identifier: Apache-2.0 */
#include "matrices/node.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

enum {
    SIZE_LIMIT = 16 * 1024 * 1024,
    NODE_LIMIT = 500 * 1000,
    DEPTH_LIMIT = 16,
};

struct builder {
    yaml_parser_t parser;
    struct pool *pool;
    struct faults *faults;
    const char *file, *input;
    size_t length, node_count;
};

static struct position position_of(const struct builder *b, const yaml_mark_t *mark)
{
    return (struct position){b->file, (unsigned)mark->line + 1, (unsigned)mark->column + 1};
}

const char *node_kind_name(enum node_kind kind)
{
    return kind == NODE_SCALAR ? "a text" : kind == NODE_LIST ? "a list" : "a map";
}

const struct node *node_get(const struct node *node, const char *key)
{
    if (node->kind != NODE_MAP)
        return NULL;
    for (const struct node *child = node->first; child; child = child->next)
        if (strcmp(child->key->text, key) == 0)
            return child;
    return NULL;
}

/* The reader's faults (bad UTF-8, control bytes) come with a byte offset instead of a mark. */
static struct position position_of_byte(const struct builder *b, size_t offset)
{
    struct position at = {b->file, 1, 1};
    for (size_t i = 0; i < offset && i < b->length; i++) {
        if (b->input[i] == '\n') {
            at.line++;
            at.column = 1;
        } else if (((unsigned char)b->input[i] & 0xc0) != 0x80) {
            at.column++;
        }
    }
    return at;
}

/* What people stumble over, in words of this format instead of the parser's. */
static const char *hint_for(char c, const char *context)
{
    if (strcmp(context, "while scanning a tag") == 0)
        return "; put a value that begins with \"!\" in quotes";
    switch (c) {
    case '\t':
        return ": a tab; indent with spaces";
    case '>':
    case '|':
    case '%':
    case '@':
    case '`':
    case '=':
        return "; put a value that begins with such a character in quotes";
    default:
        return "";
    }
}

static void syntax_fault(const struct builder *b)
{
    const yaml_parser_t *p = &b->parser;
    if (p->error == YAML_READER_ERROR) {
        struct position at = position_of_byte(b, p->problem_offset);
        faults_add(b->faults, &at, "not UTF-8 text: %s", p->problem);
        return;
    }
    const yaml_mark_t *mark = &p->problem_mark;
    struct position at = position_of(b, mark);
    const char *problem = p->problem ? p->problem : "not YAML";
    /* the mark counts characters: look the character up by its place in the line */
    size_t i = 0;
    for (size_t line = 0; i < b->length && line < mark->line; i++)
        line += b->input[i] == '\n';
    char found = i + mark->column < b->length ? b->input[i + mark->column] : '\0';
    char before =
        mark->column && i + mark->column <= b->length ? b->input[i + mark->column - 1] : 0;
    const char *context = p->context ? p->context : "", *hint = hint_for(found, context);
    faults_add(b->faults, &at, "YAML: %s%s%s%s", problem, *context ? ", " : "", context,
               *hint ? hint : hint_for(before, context));
}

static bool next_event(struct builder *b, yaml_event_t *event)
{
    if (yaml_parser_parse(&b->parser, event))
        return true;
    syntax_fault(b);
    return false;
}

static bool tag_is_odd(struct builder *b, const yaml_char_t *tag, const struct position *at)
{
    if (!tag)
        return false;
    faults_add(b->faults, at, "a YAML tag, %s: put a value that begins with \"!\" in quotes",
               (const char *)tag);
    return true;
}

static bool has_control(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
            return true;
    return false;
}

static void read_scalar(struct builder *b, struct node *node, const yaml_event_t *event)
{
    const char *value = (const char *)event->data.scalar.value;
    size_t length = event->data.scalar.length;
    node->text = "";
    node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    if (tag_is_odd(b, event->data.scalar.tag, &node->at)) {
        node->text = "!"; /* not empty: one fault is enough */
        return;
    }
    if (has_control(value, length))
        faults_add(b->faults, &node->at, "a text of more than one line, or with control bytes");
    else
        node->text = pool_intern_n(b->pool, value, length);
}

static int compare_keys(const void *a, const void *b)
{
    const struct node *x = (*(const struct node *const *)a)->key;
    const struct node *y = (*(const struct node *const *)b)->key;
    int order = strcmp(x->text, y->text);
    if (order)
        return order;
    if (x->at.line != y->at.line)
        return x->at.line < y->at.line ? -1 : 1;
    return x->at.column < y->at.column ? -1 : x->at.column > y->at.column;
}

static void check_duplicates(struct builder *b, const struct node *map)
{
    if (map->count < 2)
        return;
    CLEANUP_FREE const struct node **sorted = must_calloc(map->count, sizeof(struct node *));
    size_t n = 0;
    for (const struct node *child = map->first; child; child = child->next)
        sorted[n++] = child;
    qsort(sorted, n, sizeof *sorted, compare_keys);
    for (size_t i = 1; i < n; i++)
        if (strcmp(sorted[i - 1]->key->text, sorted[i]->key->text) == 0)
            faults_add(b->faults, &sorted[i]->key->at, "duplicate key \"%s\", first in line %u",
                       sorted[i]->key->text, sorted[i - 1]->key->at.line);
}

static struct node *read_node(struct builder *b, yaml_event_t *event, unsigned depth);

/* The value of a map's key. The key has been read already. */
static struct node *read_value(struct builder *b, struct node *key, unsigned depth)
{
    if (key->kind != NODE_SCALAR) {
        faults_add(b->faults, &key->at, "a key must be a text, this is %s",
                   node_kind_name(key->kind));
        key->kind = NODE_SCALAR;
        key->text = "";
    }
    yaml_event_t event;
    if (!next_event(b, &event))
        return NULL;
    struct node *value = read_node(b, &event, depth);
    if (value)
        value->key = key;
    return value;
}

static bool read_children(struct builder *b, struct node *node, yaml_event_type_t end,
                          unsigned depth)
{
    for (struct node **last = &node->first;; last = &(*last)->next) {
        yaml_event_t event;
        if (!next_event(b, &event))
            return false;
        if (event.type == end) {
            yaml_event_delete(&event);
            return true;
        }
        struct node *child = read_node(b, &event, depth + 1);
        if (child && node->kind == NODE_MAP)
            child = read_value(b, child, depth + 1);
        if (!child)
            return false;
        *last = child;
        node->count++;
    }
}

static bool within_limits(struct builder *b, const struct position *at, unsigned depth)
{
    if (depth > DEPTH_LIMIT)
        faults_add(b->faults, at, "nested more than %d deep", DEPTH_LIMIT);
    else if (++b->node_count > NODE_LIMIT)
        faults_add(b->faults, at, "more than %d nodes", NODE_LIMIT);
    else
        return true;
    return false;
}

/* Consumes the event. */
static struct node *read_node(struct builder *b, yaml_event_t *event, unsigned depth)
{
    struct node *node = pool_alloc(b->pool, sizeof *node);
    node->at = position_of(b, &event->start_mark);
    bool good = within_limits(b, &node->at, depth);
    yaml_event_type_t end = YAML_NO_EVENT;
    if (good && event->type == YAML_SCALAR_EVENT) {
        read_scalar(b, node, event);
    } else if (good && event->type == YAML_SEQUENCE_START_EVENT) {
        node->kind = NODE_LIST;
        tag_is_odd(b, event->data.sequence_start.tag, &node->at);
        end = YAML_SEQUENCE_END_EVENT;
    } else if (good && event->type == YAML_MAPPING_START_EVENT) {
        node->kind = NODE_MAP;
        tag_is_odd(b, event->data.mapping_start.tag, &node->at);
        end = YAML_MAPPING_END_EVENT;
    } else if (good) {
        faults_add(b->faults, &node->at,
                   "aliases are not part of this format; a value that begins with \"*\" needs "
                   "quotes");
        good = false;
    }
    yaml_event_delete(event);
    if (good && end != YAML_NO_EVENT)
        good = read_children(b, node, end, depth);
    if (good && node->kind == NODE_MAP)
        check_duplicates(b, node);
    return good ? node : NULL;
}

/* Stream and document starts come before the root; an empty stream has none. */
static struct node *read_root(struct builder *b)
{
    yaml_event_t event;
    for (;;) {
        if (!next_event(b, &event))
            return NULL;
        if (event.type == YAML_STREAM_END_EVENT) {
            struct position at = {b->file, 1, 1};
            yaml_event_delete(&event);
            faults_add(b->faults, &at, "empty: a matrix begins with \"plimsoll: 1\"");
            return NULL;
        }
        if (event.type != YAML_STREAM_START_EVENT && event.type != YAML_DOCUMENT_START_EVENT)
            return read_node(b, &event, 0);
        yaml_event_delete(&event);
    }
}

static bool read_end(struct builder *b)
{
    yaml_event_t event;
    for (;;) {
        if (!next_event(b, &event))
            return false;
        yaml_event_type_t type = event.type;
        struct position at = position_of(b, &event.start_mark);
        yaml_event_delete(&event);
        if (type == YAML_STREAM_END_EVENT)
            return true;
        if (type == YAML_DOCUMENT_START_EVENT) {
            faults_add(b->faults, &at, "a second document: one file holds one matrix");
            return false;
        }
    }
}

const struct node *node_parse(struct pool *pool, const char *file, const char *text, size_t length,
                              struct faults *faults)
{
    struct builder b = {
        .pool = pool, .faults = faults, .file = file, .input = text, .length = length};
    struct position start = {file, 1, 1};
    if (length > SIZE_LIMIT) {
        faults_add(faults, &start, "larger than %d bytes", SIZE_LIMIT);
        return NULL;
    }
    if (!yaml_parser_initialize(&b.parser))
        abort();
    /* else libyaml would take two odd first bytes for UTF-16 */
    yaml_parser_set_encoding(&b.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&b.parser, (const unsigned char *)text, length);
    struct node *root = read_root(&b);
    if (root && !read_end(&b))
        root = NULL;
    yaml_parser_delete(&b.parser);
    return root;
}
