/* SPDX-License-Identifier: Apache-2.0 */
/* Image references as containers-transports(5) writes them: TRANSPORT:PATH[:TAG][@DIGEST].
 *
 *     rootfs:DIR   tar:FILE                        the whole rest is the path
 *     oci:DIR[:TAG|:@N|@DIGEST]                    an OCI layout; the path ends at the first colon
 *     oci-archive:FILE[:TAG|:@N|@DIGEST]           the same in a tar file
 *     docker-archive:FILE[:NAME:TAG|:@N]           what docker save writes
 *
 * A name without a transport means docker://, which is not supported yet and says so. */
#pragma once
#include "harness/base/error.h"
#include "harness/base/pool.h"

enum { REFERENCE_NO_INDEX = -1 };

struct reference {
    const char *transport; /* "oci" */
    const char *path;
    const char *tag;    /* NULL: none given */
    const char *digest; /* "sha256:...", NULL: none given */
    long index;         /* the Nth image of an archive, or REFERENCE_NO_INDEX */
    const char *text;   /* the whole, in normal form */
};

/* Texts belong to the pool. Looks at the file system only to give a hint in an error. */
bool reference_parse(struct pool *pool, const char *text, struct reference *ret,
                     struct error *e) NONNULL MUST_CHECK;
