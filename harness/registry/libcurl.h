/* SPDX-License-Identifier: Apache-2.0 */
/* libcurl, loaded when a registry or an engine is asked for the first time: with all the libraries
 * that it brings it is half of what a start costs, and most runs find everything in the cache.
 * Its functions are used as ever; this file has to be included instead of curl/curl.h. */
#pragma once
#include "harness/base/error.h"
#include <curl/curl.h>

/* Those that are used; adding one means adding it here and below. */
#define LIBCURL_FUNCTIONS(F) \
    F(easy_cleanup) \
    F(easy_escape) \
    F(easy_getinfo) \
    F(easy_init) \
    F(easy_perform) \
    F(easy_reset) \
    F(easy_setopt) \
    F(easy_strerror) \
    F(free) \
    F(global_cleanup) \
    F(global_init) \
    F(multi_add_handle) \
    F(multi_assign) \
    F(multi_cleanup) \
    F(multi_info_read) \
    F(multi_init) \
    F(multi_remove_handle) \
    F(multi_setopt) \
    F(multi_socket_action) \
    F(slist_append) \
    F(slist_free_all) \
    F(url) \
    F(url_cleanup) \
    F(url_get) \
    F(url_set)

#undef curl_easy_getinfo /* macros that only check types */
#undef curl_easy_setopt
#undef curl_multi_setopt

#define LIBCURL_MEMBER(name) __typeof__ (&curl_##name)(name);
struct libcurl {
    LIBCURL_FUNCTIONS(LIBCURL_MEMBER)
};

/* Whoever begins to use it asks here whether it can be had; again is nothing. */
bool libcurl_load(struct error *e) NONNULL MUST_CHECK;
/* Loads it when nobody did; that it cannot be had ends the program. */
const struct libcurl *libcurl(void) MUST_CHECK;

#define curl_easy_cleanup libcurl()->easy_cleanup
#define curl_easy_escape libcurl()->easy_escape
#define curl_easy_getinfo libcurl()->easy_getinfo
#define curl_easy_init libcurl()->easy_init
#define curl_easy_perform libcurl()->easy_perform
#define curl_easy_reset libcurl()->easy_reset
#define curl_easy_setopt libcurl()->easy_setopt
#define curl_easy_strerror libcurl()->easy_strerror
#define curl_free libcurl()->free
#define curl_global_cleanup libcurl()->global_cleanup
#define curl_global_init libcurl()->global_init
#define curl_multi_add_handle libcurl()->multi_add_handle
#define curl_multi_assign libcurl()->multi_assign
#define curl_multi_cleanup libcurl()->multi_cleanup
#define curl_multi_info_read libcurl()->multi_info_read
#define curl_multi_init libcurl()->multi_init
#define curl_multi_remove_handle libcurl()->multi_remove_handle
#define curl_multi_setopt libcurl()->multi_setopt
#define curl_multi_socket_action libcurl()->multi_socket_action
#define curl_slist_append libcurl()->slist_append
#define curl_slist_free_all libcurl()->slist_free_all
#define curl_url libcurl()->url
#define curl_url_cleanup libcurl()->url_cleanup
#define curl_url_get libcurl()->url_get
#define curl_url_set libcurl()->url_set
