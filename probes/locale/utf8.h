/* SPDX-License-Identifier: Apache-2.0 */
/* The UTF-8 locale that every image should have. */
#pragma once

/* Sets C.UTF-8 in all categories; ends the check as skip("no C.UTF-8 here") without it. */
void utf8_set(void);
