# SPDX-License-Identifier: Apache-2.0
# embed_matrices(TARGET FILE): the YAML of matrices/builtin/ becomes part of the program, so that
# `include: [builtin]` needs no installed file. See matrices/builtin.h for the table.
function(embed_matrices target file)
  file(GLOB yaml CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/matrices/builtin/*.yaml)
  set(data "")
  set(table "")
  foreach(path ${yaml})
    get_filename_component(name ${path} NAME_WE)
    string(MAKE_C_IDENTIFIER ${name} id)
    string(APPEND data "name_${id}: .asciz \"${name}\"\ndata_${id}: .incbin \"${path}\"\nend_${id}: .byte 0\n")
    string(APPEND table ".balign 8\n.quad name_${id}, data_${id}, end_${id} - data_${id}\n")
  endforeach()
  file(CONFIGURE OUTPUT ${file} @ONLY CONTENT
".section .data.rel.ro, \"aw\"
.balign 8
.globl builtin_matrices
builtin_matrices:
${table}.quad 0, 0, 0
.section .rodata
${data}
.section .note.GNU-stack, \"\", %progbits
")
  set_property(SOURCE ${file} PROPERTY OBJECT_DEPENDS "${yaml}")
  set_property(SOURCE ${file} PROPERTY LANGUAGE ASM)
  target_sources(${target} PRIVATE ${file})
endfunction()
