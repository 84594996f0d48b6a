/* SPDX-License-Identifier: Apache-2.0 */
#include "harness/engine.h"
#include "harness/base/text.h"
#include "harness/bytes.h"
#include "harness/registry/content.h"
#include "harness/registry/libcurl.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum {
    SOCKET_COUNT = 2,
    CONNECT_SECONDS = 10,
    SILENCE_SECONDS = 600, /* an engine writes the whole archive to its disk before it sends it */
};

struct kind {
    const char *transport, *name;
    const char *variable;              /* where the user says which socket */
    const char *sockets[SOCKET_COUNT]; /* else; one that begins with "/" is below XDG_RUNTIME_DIR */
    const char *start, *access;        /* what to do when nobody listens, when it may not be used */
};

static const struct kind kinds[] = {
    {"docker-daemon",
     "Docker",
     "DOCKER_HOST",
     {NULL, "/var/run/docker.sock"},
     "start it (systemctl start docker)",
     "run as root, or as a member of the group docker"},
    {"containers-storage",
     "Podman",
     "CONTAINER_HOST",
     {"/podman/podman.sock", "/run/podman/podman.sock"},
     "start its API (systemctl --user start podman.socket, or podman system service)",
     "start your own (systemctl --user start podman.socket)"},
};

struct engine {
    const struct kind *kind;
    char *socket;
    CURL *easy;
};

/* ---- the socket ---- */

/* 0, or the errno of what is wrong with it. */
static int try_socket(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path)
        return ENAMETOOLONG;
    strcpy(address.sun_path, path);
    CLEANUP_CLOSE int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) < 0)
        return errno;
    return 0;
}

static bool no_engine(const struct kind *k, const struct text *tried, bool denied, struct error *e)
{
    return error_set(e, ERROR_RUN, "no %s answers: tried %s: %s, or set %s to unix://SOCKET",
                     k->name, text_get(tried), denied ? k->access : k->start, k->variable);
}

/* What the user says, and nothing else. */
static char *said_socket(const struct kind *k, const char *said, struct error *e)
{
    static const char unix_scheme[] = "unix://";
    CLEANUP_TEXT struct text tried = TEXT_INIT;
    if (strncmp(said, unix_scheme, sizeof unix_scheme - 1) != 0) {
        error_set(e, ERROR_USAGE,
                  "%s is \"%s\", and only unix://SOCKET is supported: for an engine elsewhere use "
                  "\"skopeo copy %s:NAME oci:DIR\", then oci:DIR",
                  k->variable, said, k->transport);
        return NULL;
    }
    const char *path = said + sizeof unix_scheme - 1;
    int fault = try_socket(path);
    if (fault == 0)
        return must_strdup(path);
    text_printf(&tried, "%s of %s (%s)", path, k->variable, strerror(fault));
    no_engine(k, &tried, fault == EACCES, e);
    return NULL;
}

static char *find_socket(const struct kind *k, struct error *e)
{
    const char *said = getenv(k->variable), *runtime = getenv("XDG_RUNTIME_DIR");
    CLEANUP_TEXT struct text tried = TEXT_INIT;
    bool denied = false;
    if (said && *said)
        return said_socket(k, said, e);
    for (size_t i = 0; i < SOCKET_COUNT; i++) {
        bool own = i == 0; /* the user's own engine comes first */
        if (!k->sockets[i] || (own && (!runtime || *runtime != '/')))
            continue;
        char *path = must_printf("%s%s", own ? runtime : "", k->sockets[i]);
        int fault = try_socket(path);
        if (fault == 0)
            return path;
        text_printf(&tried, "%s%s (%s)", tried.length > 0 ? ", " : "", path, strerror(fault));
        denied |= fault == EACCES;
        free(path);
    }
    no_engine(k, &tried, denied, e);
    return NULL;
}

struct engine *engine_open(const char *transport, struct error *e)
{
    const struct kind *k = &kinds[strcmp(transport, kinds[0].transport) == 0 ? 0 : 1];
    char *path = libcurl_load(e) ? find_socket(k, e) : NULL;
    if (!path)
        return NULL;
    struct engine *g = must_calloc(1, sizeof *g);
    *g = (struct engine){k, path, curl_easy_init()};
    if (g->easy)
        return g;
    error_set(e, ERROR_RUN, "cannot prepare a request");
    engine_close(g);
    return NULL;
}

void engine_close(struct engine *g)
{
    if (!g)
        return;
    if (g->easy)
        curl_easy_cleanup(g->easy);
    free(g->socket);
    free(g);
}

/* ---- requests ---- */

struct answer {
    struct engine *engine;
    struct content content; /* of status 200 */
    struct text refusal;    /* of any other */
    struct error error;
};

static size_t take(char *bytes, size_t size, size_t n, void *data)
{
    struct answer *a = data;
    long status = 0;
    n *= size;
    curl_easy_getinfo(a->engine->easy, CURLINFO_RESPONSE_CODE, &status);
    if (status == 200)
        return content_add(&a->content, bytes, n, &a->error) ? n : 0;
    if (a->refusal.length < MANIFEST_BYTES)
        text_add_n(&a->refusal, bytes, n);
    return n;
}

/* {"message": "..."}, as both engines say it; "" when it is something else. */
static char *refusal_text(const struct text *body)
{
    json_t *root = json_loads(text_get(body), 0, NULL);
    const char *message = json_string_value(json_object_get(root, "message"));
    char *text = must_strdup(message ? message : "");
    json_decref(root);
    return text;
}

static bool judge(const struct answer *a, const char *name, CURLcode result, struct error *e)
{
    const struct engine *g = a->engine;
    long status = 0;
    curl_easy_getinfo(g->easy, CURLINFO_RESPONSE_CODE, &status);
    if (result != CURLE_OK)
        return error_set(e, ERROR_RUN, "%s at %s: the answer ended early: %s", g->kind->name,
                         g->socket, curl_easy_strerror(result));
    if (status == 200)
        return true;
    CLEANUP_FREE char *message = refusal_text(&a->refusal);
    const char *colon = *message ? ": " : "";
    if (status == 404)
        return error_set(e, ERROR_RUN, "%s at %s has no image %s%s%s", g->kind->name, g->socket,
                         name, colon, message);
    return error_set(e, ERROR_RUN, "%s at %s answers with HTTP status %ld%s%s", g->kind->name,
                     g->socket, status, colon, message);
}

static CURLcode get(struct answer *a, const char *name, const char *what)
{
    CURL *c = a->engine->easy;
    CLEANUP_FREE char *url = must_printf("http://localhost/images/%s/%s", name, what);
    curl_easy_reset(c);
    curl_easy_setopt(c, CURLOPT_URL, url);
    curl_easy_setopt(c, CURLOPT_UNIX_SOCKET_PATH, a->engine->socket);
    curl_easy_setopt(c, CURLOPT_PROXY, "");
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http");
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
    curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, (long)SILENCE_SECONDS);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, a);
    return curl_easy_perform(c);
}

/* The body goes to fd, or (-1) into a->content.memory. */
static bool ask(struct answer *a, const char *name, const char *what, int fd, struct error *e)
{
    a->content =
        (struct content){.what = what, .size = BYTES_ANY_SIZE, .limit = MANIFEST_BYTES, .fd = fd};
    CURLcode result = get(a, name, what);
    if (error_is_set(&a->error)) {
        *e = a->error;
        return error_context(e, "%s at %s", a->engine->kind->name, a->engine->socket);
    }
    return judge(a, name, result, e);
}

static void answer_done(struct answer *a)
{
    content_done(&a->content);
    text_done(&a->refusal);
}

/* ---- images ---- */

bool engine_inspect(struct engine *g, struct pool *pool, const char *name, struct engine_image *ret,
                    struct error *e)
{
    struct answer a = {.engine = g};
    bool ok = ask(&a, name, "json", -1, e);
    if (ok &&
        !engine_image_parse(pool, text_get(&a.content.memory), a.content.memory.length, ret, e))
        ok = error_context(e, "%s at %s, image %s", g->kind->name, g->socket, name);
    answer_done(&a);
    return ok;
}

bool engine_save(struct engine *g, const char *name, int fd, struct error *e)
{
    struct answer a = {.engine = g};
    bool ok = ask(&a, name, "get", fd, e);
    answer_done(&a);
    return ok;
}
