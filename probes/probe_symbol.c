/* SPDX-License-Identifier: Apache-2.0 */
/* Symbols that the libc may have. dlsym() where the libc itself has it (musl, glibc from 2.34 on).
 * Before, it is in libdl.so.2, which a probe should not need: then the symbol tables of the loaded
 * objects are read, as far as a plain function or object of its default version is looked for. */
#include "probe.h"

#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <string.h>
#include <sys/auxv.h>

extern __typeof__(dlsym) dlsym __attribute__((weak));

struct wanted {
    const char *name;
    void *address;
};

struct tables {
    const ElfW(Sym) * symbols;
    const char *names;
    size_t names_size;
    const ElfW(Versym) * versions;
    uintptr_t end; /* of the symbols: where the next table begins, nothing else tells */
};

/* glibc relocates the dynamic section in place, except where it is read-only. */
static uintptr_t place(uintptr_t base, uintptr_t value)
{
    return value < base ? base + value : value;
}

static const ElfW(Dyn) * dynamic_of(const struct dl_phdr_info *object)
{
    for (int i = 0; i < object->dlpi_phnum; i++)
        if (object->dlpi_phdr[i].p_type == PT_DYNAMIC)
            return (const void *)(object->dlpi_addr + object->dlpi_phdr[i].p_vaddr);
    return NULL;
}

static void note_end(struct tables *t, uintptr_t table)
{
    if (table > (uintptr_t)t->symbols && table < t->end)
        t->end = table;
}

static struct tables tables_of(const struct dl_phdr_info *object)
{
    struct tables t = {.end = UINTPTR_MAX};
    const ElfW(Dyn) *dynamic = dynamic_of(object);
    for (const ElfW(Dyn) *d = dynamic; d && d->d_tag != DT_NULL; d++) {
        const void *at = (const void *)place(object->dlpi_addr, d->d_un.d_ptr);
        if (d->d_tag == DT_SYMTAB)
            t.symbols = at;
        else if (d->d_tag == DT_STRTAB)
            t.names = at;
        else if (d->d_tag == DT_STRSZ)
            t.names_size = d->d_un.d_val;
        else if (d->d_tag == DT_VERSYM)
            t.versions = at;
    }
    static const int others[] = {DT_STRTAB,  DT_VERSYM, DT_HASH, DT_GNU_HASH,
                                 DT_VERNEED, DT_VERDEF, DT_RELA, DT_REL};
    for (const ElfW(Dyn) *d = dynamic; d && d->d_tag != DT_NULL; d++)
        for (size_t i = 0; i < sizeof others / sizeof *others; i++)
            if (d->d_tag == others[i])
                note_end(&t, place(object->dlpi_addr, d->d_un.d_ptr));
    return t;
}

static int search_object(struct dl_phdr_info *object, size_t size, void *data)
{
    struct wanted *w = data;
    struct tables t = tables_of(object);
    (void)size;
    if (object->dlpi_addr == getauxval(AT_SYSINFO_EHDR) || !t.symbols || t.end == UINTPTR_MAX)
        return 0;
    for (const ElfW(Sym) *s = t.symbols; (uintptr_t)(s + 1) <= t.end; s++) {
        int type = s->st_info & 0xf;
        bool hidden = t.versions && (t.versions[s - t.symbols] & 0x8000);
        if (s->st_shndx == SHN_UNDEF || hidden || (type != STT_FUNC && type != STT_OBJECT))
            continue;
        if (s->st_name >= t.names_size || strcmp(t.names + s->st_name, w->name) != 0)
            continue;
        w->address = (void *)(object->dlpi_addr + s->st_value);
        return 1;
    }
    return 0;
}

void *optional_symbol(const char *name)
{
    static const char flavor[] = PROBE_FLAVOR;
    if (!strcmp(flavor + sizeof flavor - sizeof "static", "static"))
        return NULL;
    if (dlsym)
        return dlsym(RTLD_DEFAULT, name);
    struct wanted w = {name, NULL};
    dl_iterate_phdr(search_object, &w);
    return w.address;
}
