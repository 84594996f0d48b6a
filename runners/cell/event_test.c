/* SPDX-License-Identifier: Apache-2.0 */
/* Events: each is one line of valid JSON whatever a job has printed. */
#include "runners/cell/event.h"

#include <check.h>
#include <errno.h>
#include <jansson.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

static json_t *parsed(struct text *t)
{
    ck_assert(t->length > 0 && t->data[t->length - 1] == '\n');
    ck_assert_ptr_eq(strchr(t->data, '\n'), t->data + t->length - 1);
    json_t *object = json_loads(t->data, JSON_REJECT_DUPLICATES, NULL);
    ck_assert_msg(object != NULL, "%s", t->data);
    text_done(t);
    return object;
}

static void assert_text(json_t *object, const char *key, const char *expected)
{
    const char *text = json_string_value(json_object_get(object, key));
    ck_assert_ptr_nonnull(text);
    ck_assert_str_eq(text, expected);
}

START_TEST(foreign_bytes)
{
    struct text t = TEXT_INIT;
    const char bytes[] = "\"\\x41\\\t\x01\xff \xc3\xa4\xc2\x80\0.";
    event_line(&t, 3, 1.25, bytes, sizeof bytes - 1, true, true);
    json_t *o = parsed(&t);
    /* A backslash stays as it is: lines of JSON come through unharmed. */
    assert_text(o, "text", "\"\\x41\\\\x09\\x01\\xff \xc3\xa4\\xc2\\x80\\x00.");
    ck_assert(json_is_true(json_object_get(o, "cut")));
    ck_assert(json_is_true(json_object_get(o, "partial")));
    ck_assert_int_eq(json_integer_value(json_object_get(o, "job")), 3);
    json_decref(o);
}
END_TEST

START_TEST(every_byte)
{
    struct text t = TEXT_INIT;
    char bytes[256];
    for (int i = 0; i < 256; i++)
        bytes[i] = (char)(i * 167);
    for (size_t n = 0; n <= sizeof bytes; n++) {
        event_line(&t, 1, 0, bytes + sizeof bytes - n, n, false, false);
        json_t *o = parsed(&t);
        ck_assert_ptr_null(json_object_get(o, "cut"));
        json_decref(o);
    }
}
END_TEST

START_TEST(ready)
{
    struct text t = TEXT_INIT;
    struct notes notes = {0};
    struct error e = ERROR_INIT;
    notes_add(&notes, "a \"quoted\" %d", 1);
    error_set(&e, ERROR_RUN, "no");
    notes_add_error(&notes, "proc", &e);
    event_ready(&t, "overlay", "private", &notes);
    json_t *o = parsed(&t);
    json_t *degraded = json_object_get(o, "degraded");
    ck_assert_uint_eq(json_array_size(degraded), 2);
    ck_assert_str_eq(json_string_value(json_array_get(degraded, 0)), "a \"quoted\" 1");
    ck_assert_str_eq(json_string_value(json_array_get(degraded, 1)), "proc: no");
    for (int i = 0; i < 40; i++)
        notes_add(&notes, "x");
    ck_assert_uint_eq(notes.count, sizeof notes.items / sizeof *notes.items);
    notes_done(&notes);
    json_decref(o);
}
END_TEST

static json_t *ended(struct event_end end)
{
    struct text t = TEXT_INIT;
    event_end(&t, 9, &end);
    return parsed(&t);
}

START_TEST(ends)
{
    json_t *o = ended((struct event_end){.status = 7 << 8, .ms = 1.06});
    ck_assert_int_eq(json_integer_value(json_object_get(o, "exit")), 7);
    ck_assert_uint_eq(json_object_size(o), 4);
    json_decref(o);
    o = ended((struct event_end){.status = SIGSEGV, .flood = true});
    assert_text(o, "signal", "SIGSEGV");
    ck_assert(json_is_true(json_object_get(o, "flood")));
    json_decref(o);
    o = ended((struct event_end){.status = SIGKILL, .timeout = true});
    ck_assert(json_is_true(json_object_get(o, "timeout")));
    json_decref(o);
    o = ended((struct event_end){.status = SIGRTMIN + 2});
    assert_text(o, "signal", "SIGRTMIN+2");
    json_decref(o);
    o = ended((struct event_end){.exec_errno = ENOEXEC});
    assert_text(o, "exec", "ENOEXEC");
    json_decref(o);
    o = ended((struct event_end){.exec_errno = 4000});
    assert_text(o, "exec", "errno 4000");
    json_decref(o);
    o = ended(
        (struct event_end){.error = "why \"not\"", .stderr_bytes = "a\nb", .stderr_length = 3});
    assert_text(o, "error", "why \"not\"");
    assert_text(o, "stderr", "a\\x0ab");
    json_decref(o);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("event");
    TCase *t = tcase_create("event");
    tcase_add_test(t, foreign_bytes);
    tcase_add_test(t, every_byte);
    tcase_add_test(t, ready);
    tcase_add_test(t, ends);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
