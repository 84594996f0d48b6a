/* SPDX-License-Identifier: Apache-2.0 */
#include "runners/cell/query_log.h"

void query_log_add(struct query_log *l, const char *transport, unsigned server, bool ipv6,
                   const char *what)
{
    if (l->cut)
        return;
    l->cut = l->text.length > QUERY_LOG_BYTES;
    if (l->cut)
        text_add(&l->text, "...\n");
    else
        text_printf(&l->text, "%s @%u%s %s\n", transport, server, ipv6 ? "v6" : "", what);
}

char *query_log_take(struct query_log *l)
{
    l->cut = false;
    return text_take(&l->text);
}

void query_log_done(struct query_log *l)
{
    text_done(&l->text);
}
