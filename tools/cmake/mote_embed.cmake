# mote_embed(target HEADER h TYPE t FUNCTION f FILES patterns…): compiles the files into the target as the table that
# header `h` declares: `std::span<const t> f()`, where t is {name, text}.
function(mote_embed target)
  cmake_parse_arguments(arg "" "HEADER;TYPE;FUNCTION" "FILES" ${ARGN})
  file(GLOB files CONFIGURE_DEPENDS ${arg_FILES})
  set(generated ${CMAKE_BINARY_DIR}/embedded/${arg_FUNCTION}.cpp)
  set(script ${CMAKE_SOURCE_DIR}/tools/cmake/embed_files.cmake)
  add_custom_command(
    OUTPUT ${generated}
    COMMAND ${CMAKE_COMMAND} -DOUT=${generated} -DHEADER=${arg_HEADER} -DTYPE=${arg_TYPE} -DFUNCTION=${arg_FUNCTION}
            "-DFILES=${files}" -P ${script}
    DEPENDS ${files} ${script}
    VERBATIM)
  target_sources(${target} PRIVATE ${generated})
endfunction()
