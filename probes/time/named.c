/* SPDX-License-Identifier: Apache-2.0 */
/* Time zones by name: what of the image's zone files the libc finds. */
#include "probe.h"
#include "zone.h"
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

CHECK(tz_named, .id = "time.tz.named", .says = "TZ=Europe/Berlin gives Berlin's time",
      .why = "without zone files a named zone silently means UTC: no error is reported anywhere",
      .help = "install tzdata, or set TZ to a POSIX rule such as CET-1CEST,M3.5.0,M10.5.0/3",
      .refs = "https://github.com/gliderlabs/docker-alpine/issues/113 "
              "https://github.com/nextcloud/docker/issues/2487",
      .needs = "tzdata")
{
    observe("%s", zone_time("Europe/Berlin", SUMMER));
}

CHECK(tz_colon, .id = "time.tz.colon",
      .says = "TZ=:Asia/Tokyo names the same file as TZ=Asia/Tokyo",
      .why = "the colon is the portable way to say that a name and not a rule is meant",
      .help = "install tzdata", .refs = "https://man7.org/linux/man-pages/man3/tzset.3.html",
      .needs = "tzdata")
{
    observe("%s", zone_time(":Asia/Tokyo", SUMMER));
}

CHECK(tz_empty, .id = "time.tz.empty", .says = "TZ= (empty) means UTC and is called so",
      .why = "glibc calls the zone \"Universal\" where it has no file of that name, and log lines "
             "say so",
      .help = "unset TZ or set it to UTC0",
      .refs = "https://man7.org/linux/man-pages/man3/tzset.3.html", .needs = "tzdata")
{
    observe("%s", zone_time("", SUMMER));
}

CHECK(tz_bare_word, .id = "time.tz.bare-word", .says = "an unknown word in TZ means UTC",
      .why = "glibc keeps the word as the name of the zone, so a typing error looks like a zone",
      .help = "set TZ to a name that exists, or to a rule with an offset",
      .refs = "https://git.musl-libc.org/cgit/musl/commit/?id=937822ab")
{
    observe("%s", zone_time("Foo", SUMMER));
}

CHECK(tz_legacy_alias, .id = "time.tz.legacy-alias",
      .says = "old aliases such as US/Eastern still work",
      .why = "Debian 13 and Ubuntu 23.10 moved them to tzdata-legacy: without it they mean UTC",
      .help = "install tzdata-legacy, or use the name of today (America/New_York)",
      .refs = "https://github.com/tphakala/birdnet-go/issues/1418 "
              "https://github.com/GoogleContainerTools/distroless/issues/1996 "
              "https://github.com/phusion/passenger-docker/issues/427",
      .needs = "tzdata tzdata-legacy")
{
    observe("%s", zone_time("US/Eastern", SUMMER));
}

CHECK(tz_dublin, .id = "time.tz.negative-dst-file",
      .says = "Europe/Dublin has Irish standard time in summer and negative DST in winter",
      .why = "zone files built in the \"rearguard\" form swap tm_isdst, software compares it",
      .help = "install tzdata in its main form; do not compute with tm_isdst",
      .refs = "https://data.iana.org/time-zones/tz-link.html", .needs = "tzdata")
{
    observe("%s; %s", zone_dst("Europe/Dublin", WINTER), zone_dst("Europe/Dublin", SUMMER));
}

CHECK(tz_far_future, .id = "time.far-future", .says = "named zones keep their rules beyond 2037",
      .why = "certificates, contracts and schedules reach beyond the last stored transition",
      .help = "use zone files of version 2 or later and a libc that reads their footer",
      .refs = "https://www.rfc-editor.org/rfc/rfc9636", .needs = "tzdata")
{
    observe("%s; %s", zone_date("Europe/Berlin", 4118083200),
            zone_date("Europe/Berlin", 2147483648));
}

CHECK(tz_pre_1901, .id = "time.pre-1901", .says = "named zones know local mean time before 1901",
      .why = "dates of birth and archives: the 64-bit half of the zone files is needed",
      .help = "use zone files of version 2 or later",
      .refs = "https://www.rfc-editor.org/rfc/rfc9636", .needs = "tzdata")
{
    observe("%s; %s", zone_date("America/New_York", -2717650801),
            zone_date("America/New_York", -2717650800));
}

CHECK(tz_file, .id = "time.tz.file", .says = "TZ may be the absolute path of a zone file",
      .why = "bind-mounted zone files; also shows that files without 32-bit data are read",
      .help = "name a file that the libc reads, version 2 or later",
      .refs = "https://man7.org/linux/man-pages/man3/tzset.3.html")
{
    char here[PATH_MAX], path[PATH_MAX + 16];

    if (!getcwd(here, sizeof(here)))
        broken("no working directory");
    snprintf(path, sizeof(path), "%s/zone", here);
    zone_write_file(path);
    observe("%s", zone_time(path, SUMMER));
}

CHECK(tz_tzdir, .id = "time.tz.tzdir", .says = "TZDIR names the folder of the zone files",
      .why = "hermetic trees (Nix, Bazel) bring their own zone files; musl never looks at TZDIR",
      .help = "with musl put the files below /usr/share/zoneinfo, or give TZ a path",
      .refs = "https://git.musl-libc.org/cgit/musl/tree/src/time/__tz.c")
{
    char here[PATH_MAX];

    if (!getcwd(here, sizeof(here)) || mkdir("Probe", 0755))
        broken("no working directory");
    zone_write_file("Probe/Zone");
    setenv("TZDIR", here, 1);
    observe("%s", zone_time("Probe/Zone", SUMMER));
}

CHECK(tz_relative, .id = "time.tz.relative-path",
      .says = "TZ=./zone is not looked up in the working directory",
      .why = "musl opens it there: whoever controls the working directory controls the clock shown",
      .help = "use names or absolute paths in TZ",
      .refs = "https://git.musl-libc.org/cgit/musl/tree/src/time/__tz.c")
{
    zone_write_file("zone");
    observe("%s", zone_time("./zone", SUMMER));
}

CHECK(localtime_default, .id = "time.localtime.default",
      .says = "without TZ the zone of /etc/localtime is used, and UTC when there is none",
      .why = "an image with a local zone writes other times than one without",
      .help = "set TZ, or give the image an /etc/localtime",
      .refs = "https://github.com/tianon/docker-brew-ubuntu-core/issues/81",
      .needs = "/etc/localtime")
{
    observe("%s", zone_time(NULL, SUMMER));
}
