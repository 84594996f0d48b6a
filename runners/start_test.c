/* SPDX-License-Identifier: Apache-2.0 */
/* exec.start, from what loaders and emulators really print, escaped as the cell hands it over. */
#include "runners/start.h"

#include <check.h>

static const struct {
    struct cell_end end;
    enum status status;
    const char *value;
} rows[] = {
    {{.exit_status = -1, .exec = "ENOENT", .standard_error = ""}, STATUS_VALUE, "no-loader"},
    {{.exit_status = -1, .exec = "ENOEXEC", .standard_error = ""},
     STATUS_VALUE,
     "not-executable ENOEXEC"},
    {{.exit_status = 255,
      .standard_error = "qemu-aarch64-static: Could not open '/lib/ld-linux-aarch64.so.1': No such "
                        "file or directory\\x0a"},
     STATUS_VALUE,
     "no-loader"},
    {{.exit_status = 127,
      .standard_error = "/p/exec: error while loading shared libraries: libc.so.6: cannot open "
                        "shared object file: No such file or directory\\x0a"},
     STATUS_VALUE,
     "missing-library libc.so.6"},
    {{.exit_status = 1,
      .standard_error = "/p/exec: /lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.34' not found "
                        "(required by /p/exec)\\x0a"},
     STATUS_VALUE,
     "symbol-version GLIBC_2.34"},
    {{.exit_status = 127,
      .standard_error = "/p/exec: symbol lookup error: /p/exec: undefined symbol: nope, version "
                        "GLIBC_2.99\\x0a"},
     STATUS_VALUE,
     "missing-symbol nope"},
    {{.exit_status = 127,
      .standard_error = "Error loading shared library libz.so.1: No such file or directory (needed "
                        "by /p/exec)\\x0aError relocating /p/exec: inflate: symbol not found\\x0a"},
     STATUS_VALUE,
     "missing-library libz.so.1"},
    {{.exit_status = 127,
      .standard_error = "Error relocating /p/exec: getentropy: symbol not found\\x0a"},
     STATUS_VALUE,
     "missing-symbol getentropy"},
    {{.exit_status = -1, .signal = "SIGSEGV", .standard_error = ""}, STATUS_CRASH, "SIGSEGV"},
    {{.exit_status = -1, .signal = "SIGKILL", .timeout = true, .standard_error = ""},
     STATUS_TIMEOUT,
     "no hello in time"},
    {{.exit_status = -1, .error = "no room", .standard_error = ""}, STATUS_ERROR, "no room"},
    {{.exit_status = 0, .standard_error = ""},
     STATUS_ERROR,
     "the probe ended with exit status 0 before its hello"},
    {{.exit_status = 9, .standard_error = ": symbol not found"},
     STATUS_ERROR,
     "the probe ended with exit status 9 before its hello: : symbol not found"},
};

START_TEST(each_failure_is_named)
{
    struct pool *pool = pool_new();
    struct observation o = start_failure(&rows[_i].end, pool);
    ck_assert_int_eq(o.status, rows[_i].status);
    ck_assert_str_eq(o.value, rows[_i].value);
    pool_free(pool);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("start");
    TCase *tests = tcase_create("start");
    suite_add_tcase(suite, tests);
    tcase_add_loop_test(tests, each_failure_is_named, 0, sizeof rows / sizeof *rows);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
