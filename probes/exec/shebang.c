/* SPDX-License-Identifier: Apache-2.0 */
/* Interpreters: of scripts (#!) and of ELF programs. */
#include "probe.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *run_script(const char *interpreter, const char *rest, char *text, size_t size)
{
    char content[4200], *argv[] = {"./script", "last", NULL};
    char *envp[] = {"PLIMSOLL_ROLE=arguments", NULL};
    snprintf(content, sizeof content, "#!%s%s\n", interpreter, rest);
    write_file("script", content, 0755);
    return exec_in_child("./script", argv, envp, text, size);
}

CHECK(exec_shebang, .id = "exec.shebang",
      .says = "a #! line passes one argument, spaces and all, then the script and its arguments",
      .why = "\"#!/usr/bin/env -S a b\" and the like rely on it; an emulator that is registered "
             "wrongly breaks scripts before programs",
      .help = "a difference points to the kernel or to binfmt_misc",
      .refs = "https://man7.org/linux/man-pages/man2/execve.2.html", .needs = "binfmt_misc")
{
    char text[256] = "";
    const char *end = run_script(self_path(), " one two", text, sizeof text);
    observe("%s, %s", end, text);
}

CHECK(exec_shebang_missing, .id = "exec.shebang-missing",
      .says = "a script whose interpreter is missing fails with ENOENT although it is there itself",
      .why =
          "\"no such file or directory\" about a file that exists: the usual sight after bash was "
          "left out of an image",
      .help = "install the interpreter or change the #! line",
      .refs = "https://man7.org/linux/man-pages/man2/execve.2.html")
{
    observe("%s", run_script("/nowhere/interpreter", "", NULL, 0));
}

CHECK(exec_shebang_crlf, .id = "exec.shebang-crlf",
      .says = "a #! line that ends in CR LF names an interpreter that does not exist",
      .why = "scripts saved on Windows fail as \"not found\" as entry points",
      .help = "convert the script to LF line ends",
      .refs = "https://man7.org/linux/man-pages/man2/execve.2.html")
{
    observe("%s", run_script(self_path(), "\r", NULL, 0));
}

CHECK(exec_shebang_loop, .id = "exec.shebang-loop",
      .says = "scripts that interpret scripts end with ELOOP",
      .why = "wrappers around wrappers (version managers) meet the kernel's limit of depth",
      .help = "let the outer wrapper start the program itself",
      .refs = "https://man7.org/linux/man-pages/man2/execve.2.html")
{
    observe("%s", run_script("./script", "", NULL, 0));
}

/* A program of this platform whose loader is nowhere; header and flags are those of this one. */
static void write_orphan(const char *path)
{
    static const char loader[] = "/nowhere/ld.so";
    struct {
        ElfW(Ehdr) header;
        ElfW(Phdr) segments[2];
        char loader[sizeof loader];
    } orphan = {0};
    int self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    if (self < 0 || read(self, &orphan.header, sizeof orphan.header) < 0)
        broken("cannot read this program: %s", errno_name(errno));
    close(self);
    orphan.header.e_type = ET_DYN;
    orphan.header.e_phoff = sizeof orphan.header;
    orphan.header.e_phnum = 2;
    orphan.header.e_phentsize = sizeof *orphan.segments;
    orphan.header.e_shnum = orphan.header.e_shstrndx = 0;
    orphan.header.e_shoff = 0;
    orphan.segments[0] = (ElfW(Phdr)){.p_type = PT_INTERP,
                                      .p_flags = PF_R,
                                      .p_offset = offsetof(__typeof__(orphan), loader),
                                      .p_vaddr = offsetof(__typeof__(orphan), loader),
                                      .p_filesz = sizeof loader,
                                      .p_memsz = sizeof loader,
                                      .p_align = 1};
    orphan.segments[1] = (ElfW(Phdr)){.p_type = PT_LOAD,
                                      .p_flags = PF_R | PF_X,
                                      .p_filesz = sizeof orphan,
                                      .p_memsz = sizeof orphan,
                                      .p_align = 65536};
    memcpy(orphan.loader, loader, sizeof loader);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
    if (fd < 0 || write(fd, &orphan, sizeof orphan) != sizeof orphan)
        broken("cannot write a program: %s", errno_name(errno));
    close(fd);
}

CHECK(exec_interp_missing, .id = "exec.interp-missing",
      .says = "a program whose loader is missing fails with ENOENT although it is there itself",
      .why =
          "a glibc program in a musl image (or the reverse) says \"not found\"; under an emulator "
          "the emulator complains instead",
      .help = "install the loader that `readelf -l PROGRAM` names, or link statically",
      .refs = "https://man7.org/linux/man-pages/man2/execve.2.html", .needs = "binfmt_misc")
{
    char *argv[] = {"orphan", NULL}, *envp[] = {NULL};
    write_orphan("orphan");
    observe("%s", exec_in_child("./orphan", argv, envp, NULL, 0));
}
