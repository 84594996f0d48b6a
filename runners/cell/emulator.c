/* SPDX-License-Identifier: Apache-2.0 */
#include "runners/cell/emulator.h"
#include "harness/base/pool.h"
#include "harness/base/text.h"
#include "runners/cell/mount.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { DISGUISE_OFFSET = 15 /* the last byte of e_ident's padding, which no loader looks at */ };

void emulator_magic(const struct elf_kind *kind, unsigned char magic[ELF_MAGIC_SIZE],
                    unsigned char mask[ELF_MAGIC_SIZE])
{
    int high = kind->big_endian ? 0 : 1, low = 1 - high;
    memset(magic, 0, ELF_MAGIC_SIZE);
    memset(mask, 0xff, ELF_MAGIC_SIZE);
    memcpy(magic, ELFMAG, SELFMAG);
    magic[EI_CLASS] = kind->bits == 64 ? ELFCLASS64 : ELFCLASS32;
    magic[EI_DATA] = kind->big_endian ? ELFDATA2MSB : ELFDATA2LSB;
    magic[EI_VERSION] = EV_CURRENT;
    mask[EI_OSABI] = 0;
    magic[16 + low] = ET_EXEC; /* and ET_DYN, which differs in its last bit */
    mask[16 + low] = 0xfe;
    magic[18 + high] = (unsigned char)(kind->machine >> 8);
    magic[18 + low] = (unsigned char)kind->machine;
}

static void add_bytes(struct text *t, const unsigned char *bytes)
{
    for (int i = 0; i < ELF_MAGIC_SIZE; i++)
        text_printf(t, "\\x%02x", bytes[i]);
}

char *emulator_registration(const struct elf_kind *kind, const char *path)
{
    unsigned char magic[ELF_MAGIC_SIZE], mask[ELF_MAGIC_SIZE];
    CLEANUP_TEXT struct text t = TEXT_INIT;
    emulator_magic(kind, magic, mask);
    text_add(&t, ":plimsoll:M::");
    add_bytes(&t, magic);
    text_add_char(&t, ':');
    add_bytes(&t, mask);
    /* F: opened now, so it need not be in the image. P: argv[0] stays. O: programs that may be
     * executed and not read. */
    text_printf(&t, ":%s:FPO", path);
    return text_take(&t);
}

/* ---- private ---- */

static bool matches_itself(const struct elf_kind *kind, int emulator)
{
    unsigned char magic[ELF_MAGIC_SIZE], mask[ELF_MAGIC_SIZE], head[ELF_MAGIC_SIZE];
    if (pread(emulator, head, sizeof head, 0) != (ssize_t)sizeof head)
        return false;
    emulator_magic(kind, magic, mask);
    for (int i = 0; i < ELF_MAGIC_SIZE; i++)
        if ((head[i] & mask[i]) != (magic[i] & mask[i]))
            return false;
    return true;
}

/* An emulator that its own entry matches would be started for itself without end. A copy with one
 * byte of padding set is matched no more, and runs as before. */
static int disguised_copy(int emulator, int stage, struct error *e)
{
    CLEANUP_CLOSE int copy =
        openat(stage, "emulator", O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0755);
    struct stat st;
    bool fine = copy >= 0 && fstat(emulator, &st) == 0;
    for (off_t at = 0; fine && at < st.st_size;)
        fine = sendfile(copy, emulator, &at, (size_t)(st.st_size - at)) > 0;
    fine = fine && pwrite(copy, "Q", 1, DISGUISE_OFFSET) == 1;
    int opened = fine ? openat(stage, "emulator", O_RDONLY | O_CLOEXEC) : -1;
    if (opened < 0)
        error_errno(e, ERROR_RUN, errno, "cannot copy the emulator");
    return opened;
}

static bool register_emulator(int binfmt, const struct elf_kind *kind, int emulator,
                              struct error *e)
{
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", emulator);
    CLEANUP_FREE char *line = emulator_registration(kind, path);
    CLEANUP_CLOSE int fd = openat(binfmt, "register", O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, line, strlen(line)) < 0)
        return error_errno(e, ERROR_RUN, errno, "cannot register the emulator");
    return true;
}

static bool set_up_private(struct emulator *em, const struct options *o, int stage, struct error *e)
{
    static const char *const options[] = {NULL};
    CLEANUP_CLOSE int copy = -1;
    if (matches_itself(&o->elf, em->file) && (copy = disguised_copy(em->file, stage, e)) < 0)
        return false;
    em->binfmt = mount_new("binfmt_misc", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC,
                           options, e);
    if (em->binfmt < 0)
        return false;
    em->mode = "private";
    return register_emulator(em->binfmt, &o->elf, copy >= 0 ? copy : em->file, e);
}

/* ---- host ---- */

/* A file that is an executable of that kind as far as the kernel looks, and of no use. */
static void write_stub(const struct elf_kind *kind, unsigned char stub[sizeof(Elf64_Ehdr)])
{
    unsigned char mask[ELF_MAGIC_SIZE];
    memset(stub, 0, sizeof(Elf64_Ehdr));
    emulator_magic(kind, stub, mask);
}

/* In an empty root, where only an emulator that the kernel holds open can be started. */
_Noreturn static void execute_stub(int stub, int stage)
{
    int null = open("/dev/null", O_RDWR);
    if (null < 0 || dup2(null, STDOUT_FILENO) < 0 || dup2(null, STDERR_FILENO) < 0 ||
        fchdir(stage) < 0 || chroot("slots") < 0 || chdir("/") < 0)
        _exit(126);
    char *const argv[] = {(char[]){"stub"}, NULL}, *const env[] = {NULL};
    execveat(stub, "", argv, env, AT_EMPTY_PATH);
    _exit(126);
}

static bool host_has_entry(const struct elf_kind *kind, int stage)
{
    unsigned char bytes[sizeof(Elf64_Ehdr)];
    write_stub(kind, bytes);
    CLEANUP_CLOSE int out = openat(stage, "stub", O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0755);
    bool written = out >= 0 && write(out, bytes, sizeof bytes) == (ssize_t)sizeof bytes;
    if (out >= 0)
        close(out);
    out = -1;
    /* Not close-on-exec: an interpreter is given it as a path below /dev/fd. */
    CLEANUP_CLOSE int stub = written ? openat(stage, "stub", O_RDONLY) : -1;
    unlinkat(stage, "stub", 0);
    pid_t child = stub >= 0 ? fork() : -1;
    if (child == 0)
        execute_stub(stub, stage);
    int status;
    if (child < 0 || waitpid(child, &status, 0) < 0)
        return false;
    return !(WIFEXITED(status) && WEXITSTATUS(status) == 126);
}

/* ---- choice ---- */

static bool is_native(const struct options *o)
{
    CLEANUP_CLOSE int self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    return self >= 0 && matches_itself(&o->elf, self);
}

bool emulator_open(struct emulator *em, const struct options *o, struct error *e)
{
    *em = (struct emulator){.mode = "none", .file = -1, .binfmt = -1};
    if (!o->emulator)
        return true;
    em->file = open(o->emulator, O_RDONLY | O_CLOEXEC);
    return em->file >= 0 ||
           error_errno(e, ERROR_RUN, errno, "cannot open the emulator %s", o->emulator);
}

bool emulator_set_up(struct emulator *em, const struct options *o, int stage, struct notes *notes,
                     struct error *e)
{
    if (o->emulation == EMULATION_AUTO || o->emulation == EMULATION_PRIVATE) {
        if (set_up_private(em, o, stage, e))
            return true;
        if (o->emulation == EMULATION_PRIVATE)
            return false;
        notes_add_error(notes, "emulation", e);
        if (em->binfmt >= 0)
            close(em->binfmt);
        em->binfmt = -1;
    }
    em->mode = "prefix";
    if (o->emulation == EMULATION_PREFIX)
        return true;
    /* The host runs programs of its own kind by itself, which proves nothing. */
    if (!is_native(o) && host_has_entry(&o->elf, stage))
        em->mode = "host";
    else if (o->emulation == EMULATION_HOST)
        return error_set(e, ERROR_RUN,
                         "the host has no binfmt_misc entry with flag F for this "
                         "platform");
    return true;
}
