/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/base/pool.h"
#include "runners/cell/zone.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct zone *parse(const char *script)
{
    struct error e = ERROR_INIT;
    struct zone *z = zone_parse(script, &e);
    ck_assert_msg(z && !error_is_set(&e), "%s: %s", script, e.message);
    return z;
}

static const struct zone_rule *find(const struct zone *z, const char *name, unsigned type)
{
    return zone_find(z, name, type, 1, ZONE_UDP);
}

static void assert_fault(const char *script, const char *message)
{
    struct error e = ERROR_INIT;
    ck_assert_ptr_null(zone_parse(script, &e));
    ck_assert_int_eq(e.code, ERROR_USAGE);
    ck_assert_str_eq(e.message, message);
    error_clear(&e);
}

START_TEST(nothing_matches_an_empty_script)
{
    struct zone *z = parse(NULL);
    ck_assert_ptr_null(find(z, "foo.test", LDNS_RR_TYPE_A));
    ck_assert(!zone_server_is_dead(z, 1));
    zone_free(z);
    zone_free(NULL);
}
END_TEST

START_TEST(first_matching_rule_wins)
{
    struct zone *z = parse("# a comment\n\n"
                           "Foo.Test A @2 nxdomain\n"
                           "foo.test. A udp servfail # also a comment\n"
                           "foo.test * refused\n"
                           "*.test AAAA formerr\n"
                           ". A notimp\n"
                           "* * nodata\n");
    ck_assert_uint_eq(find(z, "FOO.test", LDNS_RR_TYPE_A)->rcode, LDNS_RCODE_SERVFAIL);
    ck_assert_uint_eq(zone_find(z, "foo.test", LDNS_RR_TYPE_A, 2, ZONE_UDP)->rcode,
                      LDNS_RCODE_NXDOMAIN);
    ck_assert_uint_eq(zone_find(z, "foo.test", LDNS_RR_TYPE_A, 1, ZONE_TCP)->rcode,
                      LDNS_RCODE_REFUSED);
    ck_assert_uint_eq(find(z, "x.y.test", LDNS_RR_TYPE_AAAA)->rcode, LDNS_RCODE_FORMERR);
    ck_assert_uint_eq(find(z, "test", LDNS_RR_TYPE_AAAA)->rcode, LDNS_RCODE_NOERROR);
    ck_assert_uint_eq(find(z, "", LDNS_RR_TYPE_A)->rcode, LDNS_RCODE_NOTIMPL);
    zone_free(z);
}
END_TEST

START_TEST(addresses_are_counted_up)
{
    struct zone *z = parse("a A 3*192.0.2.254+ 198.51.100.7\nb AAAA 2*2001:db8::ffff+");
    const struct zone_rule *r = find(z, "a", LDNS_RR_TYPE_A);
    ck_assert_uint_eq(r->address_count, 4);
    ck_assert_mem_eq(r->addresses[1].bytes, "\xc0\x00\x02\xff", 4);
    ck_assert_mem_eq(r->addresses[2].bytes, "\xc0\x00\x03\x00", 4);
    ck_assert_mem_eq(r->addresses[3].bytes, "\xc6\x33\x64\x07", 4);
    r = find(z, "b", LDNS_RR_TYPE_AAAA);
    ck_assert(r->addresses[1].ipv6);
    ck_assert_mem_eq(r->addresses[1].bytes + 12, "\x00\x01\x00\x00", 4);
    zone_free(z);
}
END_TEST

START_TEST(settings_are_understood)
{
    struct zone *z = parse("a A delay=300ms truncate-udp=3 oversize mixed case-flip owner=O.test\n"
                           "b A delay=2s cname=Other.Test truncate-udp forge-id=192.0.2.9\n"
                           "c A chain=12 forge-question=x.test/2001:db8::1\n"
                           "d A tcp drop\n"
                           "@3 dead\n");
    const struct zone_rule *a = find(z, "a", LDNS_RR_TYPE_A), *b = find(z, "b", LDNS_RR_TYPE_A),
                           *c = find(z, "c", LDNS_RR_TYPE_A);
    ck_assert_uint_eq(a->delay, 300);
    ck_assert_uint_eq(a->truncate_keeps, 3);
    ck_assert(a->truncate && a->oversize && a->mixed && a->case_flip && !a->drop);
    ck_assert_str_eq(a->owner, "o.test");
    ck_assert_uint_eq(b->delay, 2000);
    ck_assert_str_eq(b->cname, "other.test");
    ck_assert(b->forge_id && b->truncate && b->truncate_keeps == 0);
    ck_assert_uint_eq(c->chain, 12);
    ck_assert_str_eq(c->forge_question, "x.test");
    ck_assert(c->forged.ipv6);
    ck_assert_ptr_null(find(z, "d", LDNS_RR_TYPE_A));
    ck_assert(zone_find(z, "d", LDNS_RR_TYPE_A, 9, ZONE_TCP)->drop);
    ck_assert(zone_server_is_dead(z, 3) && !zone_server_is_dead(z, 2));
    zone_free(z);
}
END_TEST

START_TEST(faults_name_line_and_column)
{
    assert_fault("ok.test A 192.0.2.1\n  foo.test A  flub",
                 "zone script:2:15: not an action: 'flub'");
    assert_fault("a..b A drop", "zone script:1:1: not a domain name: 'a..b'");
    assert_fault("*.a..b A drop", "zone script:1:1: not a domain name: '*.a..b'");
    assert_fault("foo", "zone script:1:4: a record type is missing: ''");
    assert_fault("foo B drop", "zone script:1:5: not a record type: 'B'");
    assert_fault("foo A", "zone script:1:6: an action is missing: ''");
    assert_fault("foo A udp", "zone script:1:10: an action is missing: ''");
    assert_fault("foo A @0 drop", "zone script:1:7: servers are @1 to @9: '@0'");
    assert_fault("foo A @10 drop", "zone script:1:7: servers are @1 to @9: '@10'");
    assert_fault("@1 alive", "zone script:1:4: only 'dead' may follow a server: 'alive'");
    assert_fault("@1 dead drop", "zone script:1:9: nothing may follow 'dead': 'drop'");
    assert_fault("foo A 256.0.0.1", "zone script:1:7: not an action: '256.0.0.1'");
    assert_fault("foo A 3*192.0.2.1", "zone script:1:7: not an action: '3*192.0.2.1'");
    assert_fault("foo A *", "zone script:1:7: not an action: '*'");
    assert_fault("foo A 5*+", "zone script:1:7: not an action: '5*+'");
    assert_fault("foo A 1001*192.0.2.1+", "zone script:1:7: not an action: '1001*192.0.2.1+'");
    assert_fault("foo A 1000*192.0.2.1+ ::1", "zone script:1:23: more than 1000 addresses: '::1'");
    assert_fault("foo A delay=1",
                 "zone script:1:7: a delay is a number followed by ms or s: 'delay=1'");
    assert_fault("foo A delay=11s", "zone script:1:7: a delay is from 1ms to 10s: 'delay=11s'");
    assert_fault("foo A delay=99999999999999999ms",
                 "zone script:1:7: a delay is a number followed by ms or s: "
                 "'delay=99999999999999999ms'");
    assert_fault("foo A chain=65", "zone script:1:7: a chain has 1 to 64 links: 'chain=65'");
    assert_fault("foo A cname=", "zone script:1:7: not a domain name: 'cname='");
    assert_fault("foo A cname=a cname=b", "zone script:1:15: given twice: 'cname=b'");
    assert_fault("foo A forge-question=a", "zone script:1:7: not NAME/ADDRESS: 'forge-question=a'");
    assert_fault("foo A drop nxdomain 192.0.2.1",
                 "zone script:1:30: drop goes with nothing else: ''");
    assert_fault("foo A nxdomain 192.0.2.1", "zone script:1:25: an error has no records: ''");
    assert_fault("foo A chain=1 cname=b",
                 "zone script:1:22: cname and chain exclude each other: ''");
}
END_TEST

START_TEST(size_is_limited)
{
    struct error e = ERROR_INIT;
    char *rules = must_calloc(130, 16), *end = rules, *word = must_calloc(1, 700);
    for (int i = 0; i < 129; i++)
        end = stpcpy(end, "a A drop\n");
    assert_fault(rules, "zone script:129:1: more than 128 rules: 'a'");
    memset(word, 'a', 600);
    assert_fault(word, "zone script:1:1: a word of this length is not understood: ''");
    char *script = must_calloc(1, 20000);
    memset(script, '\n', 17000);
    ck_assert_ptr_null(zone_parse(script, &e));
    ck_assert_str_eq(e.message, "zone script: longer than 16384 bytes");
    error_clear(&e);
    free(script);
    free(word);
    free(rules);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("zone");
    TCase *all = tcase_create("all");
    tcase_add_test(all, nothing_matches_an_empty_script);
    tcase_add_test(all, first_matching_rule_wins);
    tcase_add_test(all, addresses_are_counted_up);
    tcase_add_test(all, settings_are_understood);
    tcase_add_test(all, faults_name_line_and_column);
    tcase_add_test(all, size_is_limited);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
