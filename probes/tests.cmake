# SPDX-License-Identifier: Apache-2.0
# The framework of the probes, tested on the host: included by the top level's CMakeLists.txt, after
# add_unit_tests().
file(GLOB probe_framework CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/probes/*.c)
list(FILTER probe_framework EXCLUDE REGEX "_(test|main)\\.c$")
add_library(probe-framework OBJECT ${probe_framework})
target_include_directories(probe-framework PUBLIC ${CMAKE_SOURCE_DIR}/probes)
target_compile_definitions(probe-framework PUBLIC PROBE_FLAVOR="glibc-dynamic"
  PROBE_PLATFORM="linux/test" PROBE_COMPILER="test")
target_link_libraries(probe-framework PUBLIC sanitizers PkgConfig::JANSSON)
file(GLOB probe_framework_tests CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/probes/*_test.c)
add_unit_tests(probe-framework ${probe_framework_tests})
