# SPDX-License-Identifier: Apache-2.0
# function: a program per fuzz target NAME_fuzz.c, beside the parser that it feeds. In a build for
# fuzzing it is a libFuzzer program, FOLDER/NAME below fuzz/ in the build folder; in any other a test
# over the target's corpus, FOLDER/fuzz/NAME/.
function(add_fuzz_targets library)
  foreach(source ${ARGN})
    cmake_path(GET source PARENT_PATH folder)
    cmake_path(GET source STEM stem)
    cmake_path(RELATIVE_PATH folder BASE_DIRECTORY ${CMAKE_SOURCE_DIR})
    string(REGEX REPLACE "_fuzz$" "" stem ${stem})
    string(REPLACE "/" "-" name ${folder}-${stem}_fuzz)
    if(PLIMSOLL_FUZZ)
      add_executable(${name} ${source})
      target_link_options(${name} PRIVATE -fsanitize=fuzzer)
      set_target_properties(${name} PROPERTIES OUTPUT_NAME ${stem}
        RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/fuzz/${folder})
      add_dependencies(fuzz ${name})
    elseif(BUILD_TESTING)
      add_executable(${name} ${source})
      target_link_libraries(${name} PRIVATE fuzz-main)
      add_test(NAME "fuzz corpus ${folder}/${stem}" COMMAND ${name} ${folder}/fuzz/${stem}
        WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
    else()
      continue()
    endif()
    target_link_libraries(${name} PRIVATE ${library})
  endforeach()
endfunction()

if(PLIMSOLL_FUZZ)
  add_custom_target(fuzz) # builds them all
elseif(BUILD_TESTING)
  add_library(fuzz-main OBJECT ${CMAKE_SOURCE_DIR}/harness/base/fuzz_main.c)
  target_include_directories(fuzz-main PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(fuzz-main PRIVATE sanitizers)
endif()
