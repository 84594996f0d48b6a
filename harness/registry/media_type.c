/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/registry/media_type.h"

#include <jansson.h>
#include <string.h>

#define OCI_INDEX "application/vnd.oci.image.index.v1+json"
#define OCI_MANIFEST "application/vnd.oci.image.manifest.v1+json"
#define DOCKER_INDEX "application/vnd.docker.distribution.manifest.list.v2+json"
#define DOCKER_MANIFEST "application/vnd.docker.distribution.manifest.v2+json"

const char media_type_accept[] =
    "Accept: " OCI_INDEX ", " OCI_MANIFEST ", " DOCKER_INDEX ", " DOCKER_MANIFEST;

bool media_type_is_known(const char *type)
{
    static const char *const known[] = {OCI_INDEX, OCI_MANIFEST, DOCKER_INDEX, DOCKER_MANIFEST};
    for (size_t i = 0; type && i < sizeof known / sizeof *known; i++)
        if (strcmp(type, known[i]) == 0)
            return true;
    return false;
}

bool media_type_is_manifest(const char *type)
{
    return !type || !*type || strstr(type, ".manifest.") || strstr(type, ".index.");
}

static bool refuse_schema_1(struct error *e)
{
    return error_set(e, ERROR_RUN,
                     "this is a manifest of Docker's schema 1, which is not supported: push the "
                     "image anew, or convert it with \"skopeo copy --format oci\"");
}

static bool check_own(const char *served, const json_t *root, struct error *e)
{
    const char *own = json_string_value(json_object_get(root, "mediaType"));
    if (json_integer_value(json_object_get(root, "schemaVersion")) == 1)
        return refuse_schema_1(e);
    if (own && media_type_is_known(served) && strcmp(own, served) != 0)
        return error_set(e, ERROR_RUN, "it is served as %s, and says that it is %.100s", served,
                         own);
    if (json_object_get(root, "manifests") &&
        (json_object_get(root, "layers") || json_object_get(root, "config")))
        return error_set(e, ERROR_RUN, "it is both an index and a manifest");
    return true;
}

bool media_type_check(const char *served, const char *json, size_t length, struct error *e)
{
    if (served && strstr(served, "vnd.docker.distribution.manifest.v1+"))
        return refuse_schema_1(e);
    json_t *root = json_loadb(json, length, 0, NULL); /* what is no JSON is told by who reads it */
    bool ok = check_own(served, root, e);
    json_decref(root);
    return ok;
}
