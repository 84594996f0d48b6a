/* SPDX-License-Identifier: Apache-2.0 */
#include "runners/cell/zone.h"
#include "harness/base/pool.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define SCRIPT_MAX 16384
#define RULES_MAX 128
#define ADDRESSES_MAX 1000
#define CHAIN_MAX 64
#define DELAY_MAX 10000
#define WORD_MAX 512

struct zone {
    struct zone_rule *rules;
    size_t rule_count;
    bool dead[ZONE_SERVERS + 1];
};

/* Where the parser is; `word` is the token that is being understood. */
struct cursor {
    const char *at, *line_start;
    unsigned line, column;
    char word[WORD_MAX];
    struct error *error;
};

static bool fault(struct cursor *c, const char *what)
{
    return error_set(c->error, ERROR_USAGE, "zone script:%u:%u: %s: '%s'", c->line, c->column, what,
                     c->word);
}

/* The next word of the line into c->word. False at the end of the line, and on an error. */
static bool next_word(struct cursor *c)
{
    c->at += strspn(c->at, " \t");
    c->column = (unsigned)(c->at - c->line_start) + 1;
    size_t length = strcspn(c->at, " \t\n");
    c->word[0] = '\0';
    if (length == 0 || *c->at == '#')
        return false;
    if (length >= sizeof c->word)
        return fault(c, "a word of this length is not understood");
    memcpy(c->word, c->at, length);
    c->word[length] = '\0';
    c->at += length;
    return true;
}

static bool to_number(const char *text, unsigned least, unsigned most, unsigned *ret)
{
    if (!isdigit((unsigned char)text[0]) || strlen(text) > 6)
        return false;
    char *end;
    unsigned long n = strtoul(text, &end, 10);
    if (*end || n < least || n > most)
        return false;
    *ret = (unsigned)n;
    return true;
}

static bool to_address(const char *text, struct zone_address *ret)
{
    struct zone_address a = {.ipv6 = strchr(text, ':')};
    if (inet_pton(a.ipv6 ? AF_INET6 : AF_INET, text, a.bytes) != 1)
        return false;
    *ret = a;
    return true;
}

char *zone_name(const char *name)
{
    ldns_rdf *rdf = *name ? ldns_dname_new_frm_str(name) : NULL;
    char *text = rdf ? ldns_rdf2str(rdf) : NULL;
    ldns_rdf_deep_free(rdf);
    if (!text)
        return NULL;
    size_t length = strlen(text);
    if (length && text[length - 1] == '.')
        text[length - 1] = '\0';
    for (char *p = text; *p; p++)
        *p = (char)tolower((unsigned char)*p);
    return text;
}

/* ---- actions ---- */

static bool take_name(struct cursor *c, char **ret, const char *value)
{
    if (*ret)
        return fault(c, "given twice");
    *ret = zone_name(value);
    return *ret || fault(c, "not a domain name");
}

static bool take_delay(struct cursor *c, struct zone_rule *r, const char *value)
{
    char number[16];
    size_t digits = strspn(value, "0123456789");
    bool seconds = !strcmp(value + digits, "s");
    if (digits >= sizeof number || (!seconds && strcmp(value + digits, "ms") != 0))
        return fault(c, "a delay is a number followed by ms or s");
    memcpy(number, value, digits);
    number[digits] = '\0';
    unsigned n;
    if (!to_number(number, 1, seconds ? DELAY_MAX / 1000 : DELAY_MAX, &n))
        return fault(c, "a delay is from 1ms to 10s");
    r->delay = seconds ? n * 1000 : n;
    return true;
}

static bool take_truncate(struct cursor *c, struct zone_rule *r, const char *value)
{
    r->truncate = true;
    return to_number(value, 1, ADDRESSES_MAX, &r->truncate_keeps) ||
           fault(c, "not a number of addresses");
}

static bool take_chain(struct cursor *c, struct zone_rule *r, const char *value)
{
    return to_number(value, 1, CHAIN_MAX, &r->chain) || fault(c, "a chain has 1 to 64 links");
}

static bool take_cname(struct cursor *c, struct zone_rule *r, const char *value)
{
    return take_name(c, &r->cname, value);
}

static bool take_owner(struct cursor *c, struct zone_rule *r, const char *value)
{
    return take_name(c, &r->owner, value);
}

static bool take_forge_id(struct cursor *c, struct zone_rule *r, const char *value)
{
    r->forge_id = true;
    return to_address(value, &r->forged) || fault(c, "not an address");
}

static bool take_forge_question(struct cursor *c, struct zone_rule *r, const char *value)
{
    const char *slash = strchr(value, '/');
    if (!slash || !to_address(slash + 1, &r->forged))
        return fault(c, "not NAME/ADDRESS");
    char name[WORD_MAX] = "";
    memcpy(name, value, (size_t)(slash - value));
    return take_name(c, &r->forge_question, name);
}

static const struct {
    const char *key;
    bool (*take)(struct cursor *c, struct zone_rule *r, const char *value);
} settings[] = {
    {"delay=", take_delay},
    {"truncate-udp=", take_truncate},
    {"chain=", take_chain},
    {"cname=", take_cname},
    {"owner=", take_owner},
    {"forge-id=", take_forge_id},
    {"forge-question=", take_forge_question},
};

/* A word that sets one flag, or the response code. */
static bool take_flag(struct zone_rule *r, const char *word)
{
    const struct {
        const char *word;
        bool *flag;
    } flags[] = {
        {"drop", &r->drop},         {"mixed", &r->mixed},         {"truncate-udp", &r->truncate},
        {"oversize", &r->oversize}, {"case-flip", &r->case_flip},
    };
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (!strcmp(word, flags[i].word))
            return *flags[i].flag = true;
    static const struct {
        const char *word;
        unsigned rcode;
    } rcodes[] = {
        {"nodata", LDNS_RCODE_NOERROR},    {"nxdomain", LDNS_RCODE_NXDOMAIN},
        {"servfail", LDNS_RCODE_SERVFAIL}, {"refused", LDNS_RCODE_REFUSED},
        {"formerr", LDNS_RCODE_FORMERR},   {"notimp", LDNS_RCODE_NOTIMPL},
    };
    for (size_t i = 0; i < sizeof rcodes / sizeof *rcodes; i++)
        if (!strcmp(word, rcodes[i].word)) {
            r->rcode = rcodes[i].rcode;
            return true;
        }
    return false;
}

static void add_address(struct zone_rule *r, const struct zone_address *first, unsigned offset)
{
    struct zone_address *a = ARRAY_ADD(&r->addresses, &r->address_count);
    *a = *first;
    for (unsigned i = a->ipv6 ? 16 : 4, carry = offset; i-- > 0 && carry; carry >>= 8) {
        carry += a->bytes[i];
        a->bytes[i] = (uint8_t)carry;
    }
}

/* Understands ADDRESS and N*ADDRESS+. */
static bool to_address_range(const char *word, unsigned *ret_count, struct zone_address *ret_first)
{
    const char *star = strchr(word, '*');
    *ret_count = 1;
    if (!star)
        return to_address(word, ret_first);
    char number[WORD_MAX] = "", address[WORD_MAX] = "";
    size_t length = strlen(star + 1);
    memcpy(number, word, (size_t)(star - word));
    if (length == 0 || star[length] != '+' || !to_number(number, 1, ADDRESSES_MAX, ret_count))
        return false;
    memcpy(address, star + 1, length - 1);
    return to_address(address, ret_first);
}

static bool take_addresses(struct cursor *c, struct zone_rule *r)
{
    unsigned count;
    struct zone_address first;
    if (!to_address_range(c->word, &count, &first))
        return fault(c, "not an action");
    if (r->address_count + count > ADDRESSES_MAX)
        return fault(c, "more than 1000 addresses");
    for (unsigned i = 0; i < count; i++)
        add_address(r, &first, i);
    return true;
}

static bool parse_action(struct cursor *c, struct zone_rule *r)
{
    if (take_flag(r, c->word))
        return true;
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        size_t length = strlen(settings[i].key);
        if (!strncmp(c->word, settings[i].key, length))
            return settings[i].take(c, r, c->word + length);
    }
    return take_addresses(c, r);
}

/* ---- rules ---- */

static bool parse_name(struct cursor *c, struct zone_rule *r)
{
    bool below = !strncmp(c->word, "*.", 2);
    if (!strcmp(c->word, "*")) {
        r->name = must_strdup("*");
        return true;
    }
    CLEANUP_FREE char *name = zone_name(below ? c->word + 2 : c->word);
    if (!name)
        return fault(c, "not a domain name");
    r->name = must_printf("%s%s", below ? "*." : "", name);
    return true;
}

static bool parse_type(struct cursor *c, struct zone_rule *r)
{
    if (!strcmp(c->word, "*"))
        return true;
    r->type = ldns_get_rr_type_by_name(c->word);
    return r->type || fault(c, "not a record type");
}

static bool parse_server(struct cursor *c, unsigned *ret)
{
    return to_number(c->word + 1, 1, ZONE_SERVERS, ret) || fault(c, "servers are @1 to @9");
}

/* [@SERVER] [udp|tcp]; leaves the first action in c->word. */
static bool parse_conditions(struct cursor *c, struct zone_rule *r)
{
    r->transports = ZONE_UDP | ZONE_TCP;
    if (c->word[0] == '@') {
        if (!parse_server(c, &r->server))
            return false;
        next_word(c);
    }
    if (!strcmp(c->word, "udp") || !strcmp(c->word, "tcp")) {
        r->transports = c->word[0] == 'u' ? ZONE_UDP : ZONE_TCP;
        next_word(c);
    }
    return !error_is_set(c->error);
}

static bool check_rule(struct cursor *c, const struct zone_rule *r)
{
    if (r->forge_id && r->forge_question)
        return fault(c, "one rule forges one thing");
    if (r->drop && (r->delay || r->address_count || r->truncate || r->rcode))
        return fault(c, "drop goes with nothing else");
    if (r->rcode && (r->address_count || r->cname || r->chain))
        return fault(c, "an error has no records");
    if (r->cname && r->chain)
        return fault(c, "cname and chain exclude each other");
    return true;
}

static bool parse_rule(struct cursor *c, struct zone_rule *r)
{
    if (!parse_name(c, r))
        return false;
    if (!next_word(c))
        return error_is_set(c->error) ? false : fault(c, "a record type is missing");
    if (!parse_type(c, r))
        return false;
    next_word(c);
    if (error_is_set(c->error) || !parse_conditions(c, r))
        return false;
    if (!c->word[0])
        return fault(c, "an action is missing");
    do {
        if (!parse_action(c, r))
            return false;
    } while (next_word(c));
    return !error_is_set(c->error) && check_rule(c, r);
}

static bool parse_dead(struct cursor *c, struct zone *z)
{
    unsigned server = 0;
    if (!parse_server(c, &server))
        return false;
    if (!next_word(c) || strcmp(c->word, "dead") != 0)
        return error_is_set(c->error) ? false : fault(c, "only 'dead' may follow a server");
    z->dead[server] = true;
    return next_word(c) ? fault(c, "nothing may follow 'dead'") : !error_is_set(c->error);
}

static bool parse_line(struct cursor *c, struct zone *z)
{
    if (!next_word(c))
        return !error_is_set(c->error);
    if (c->word[0] == '@')
        return parse_dead(c, z);
    if (z->rule_count == RULES_MAX)
        return fault(c, "more than 128 rules");
    return parse_rule(c, ARRAY_ADD(&z->rules, &z->rule_count));
}

struct zone *zone_parse(const char *script, struct error *e)
{
    struct zone *z = must_calloc(1, sizeof *z);
    struct cursor c = {.at = script ? script : "", .line = 1, .error = e};
    if (strlen(c.at) > SCRIPT_MAX)
        error_set(e, ERROR_USAGE, "zone script: longer than %d bytes", SCRIPT_MAX);
    for (; !error_is_set(e) && *c.at; c.line++) {
        c.line_start = c.at;
        if (!parse_line(&c, z))
            break;
        c.at += strcspn(c.at, "\n");
        c.at += *c.at == '\n';
    }
    if (error_is_set(e)) {
        zone_free(z);
        return NULL;
    }
    return z;
}

void zone_free(struct zone *z)
{
    for (size_t i = 0; z && i < z->rule_count; i++) {
        struct zone_rule *r = &z->rules[i];
        free(r->name);
        free(r->cname);
        free(r->owner);
        free(r->forge_question);
        free(r->addresses);
    }
    if (z)
        free(z->rules);
    free(z);
}

/* ---- look-up ---- */

static bool name_matches(const char *pattern, const char *name)
{
    if (!strcmp(pattern, "*"))
        return true;
    if (strncmp(pattern, "*.", 2) != 0)
        return !strcasecmp(pattern, name);
    size_t suffix = strlen(pattern) - 1, length = strlen(name);
    return length > suffix && !strcasecmp(name + length - suffix, pattern + 1);
}

const struct zone_rule *zone_find(const struct zone *z, const char *name, unsigned type,
                                  unsigned server, enum zone_transport transport)
{
    for (size_t i = 0; i < z->rule_count; i++) {
        const struct zone_rule *r = &z->rules[i];
        if (name_matches(r->name, name) && (!r->type || r->type == type) &&
            (!r->server || r->server == server) && (r->transports & transport))
            return r;
    }
    return NULL;
}

bool zone_server_is_dead(const struct zone *z, unsigned server)
{
    return server <= ZONE_SERVERS && z->dead[server];
}
