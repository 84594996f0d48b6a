/* SPDX-License-Identifier: Apache-2.0 */
/* Image references as containers-transports(5) writes them: TRANSPORT:PATH[:TAG][@DIGEST].
 *
 *     docker://[HOST[:PORT]/]REPOSITORY[:TAG][@DIGEST]   a registry's image
 *     rootfs:DIR   tar:FILE   dir:DIR              the whole rest is the path
 *     oci:DIR[:TAG|:@N|@DIGEST]                    an OCI layout; the path ends at the first colon
 *     oci-archive:FILE[:TAG|:@N|@DIGEST]           the same in a tar file
 *     docker-archive:FILE[:NAME:TAG|:@N]           what docker save writes
 *     docker-daemon:NAME   containers-storage:NAME an engine's image, named as in docker://, or by
 *                                                  its id (sha256:HEX, also HEX alone)
 *
 * A name without a transport means docker://. Names are completed as Docker does it: "debian" is
 * docker://docker.io/library/debian:latest. */
#pragma once
#include "harness/base/error.h"
#include "harness/base/pool.h"

enum { REFERENCE_NO_INDEX = -1 };

struct reference {
    const char *transport;  /* "oci" */
    const char *path;       /* of a file or directory; else what follows the transport */
    const char *registry;   /* HOST[:PORT] of docker:// and the engines, else NULL */
    const char *repository; /* "library/debian"; NULL: not named, by an engine's image id too */
    const char *tag;        /* NULL: none given */
    const char *digest;     /* "sha256:...", NULL: none given; it decides where there is a tag too,
                               and without a repository it is an engine's image id */
    long index;             /* the Nth image of an archive, or REFERENCE_NO_INDEX */
    const char *text;       /* the whole, in normal form */
};

/* Texts belong to the pool. Looks at the file system only to give a hint in an error. */
bool reference_parse(struct pool *pool, const char *text, struct reference *ret,
                     struct error *e) NONNULL MUST_CHECK;

/* What follows the transport; the whole text of a name without one. */
const char *reference_rest(const char *text) NONNULL MUST_CHECK;
