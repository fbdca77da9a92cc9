# mote_library(name FOLDER f [PUBLIC libs] [PRIVATE libs] [BUILD libs]): the static library of one folder, without its
# sub-libraries' folders. What is PRIVATE is linked by whoever links the archive, so the package looks for it; BUILD is
# needed for compiling alone.
function(mote_library name)
  cmake_parse_arguments(arg "" "FOLDER" "PUBLIC;PRIVATE;BUILD" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR} ${arg_FOLDER}/*.cpp)
  if(arg_FOLDER STREQUAL "lib/ops")
    file(GLOB helpers CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR} lib/ops/support/*.cpp
      lib/ops/text/*.cpp)
    set(sources lib/ops/registry.cpp lib/ops/attributes.cpp lib/ops/certificate.cpp lib/ops/evaluate.cpp
      lib/ops/expansion.cpp lib/ops/gradient.cpp lib/ops/integer_bounds.cpp lib/ops/interval.cpp lib/ops/term.cpp
      lib/ops/tree_statistics.cpp lib/ops/verify.cpp
      ${helpers} ${op_sources})
  endif()
  add_library(mote_${name} STATIC ${sources})

  add_library(mote::${name} ALIAS mote_${name})
  set_target_properties(mote_${name} PROPERTIES EXPORT_NAME ${name} LINKER_LANGUAGE CXX)
  mote_public_headers(headers ${arg_FOLDER})
  target_sources(mote_${name} PUBLIC FILE_SET HEADERS BASE_DIRS ${CMAKE_SOURCE_DIR} FILES ${headers})
  target_compile_features(mote_${name} PUBLIC cxx_std_20)
  target_link_libraries(mote_${name} PUBLIC ${arg_PUBLIC} PRIVATE ${arg_PRIVATE})
  foreach(dependency IN LISTS arg_BUILD ITEMS mote_warnings)
    target_link_libraries(mote_${name} PRIVATE $<BUILD_INTERFACE:${dependency}>)
  endforeach()
  set_property(GLOBAL APPEND PROPERTY MOTE_LIBRARIES mote_${name})
endfunction()

# mote_public_headers(out folder): the headers that are installed. Those that show protobuf's classes or Eigen's, the
# kernels' elementary functions or the helpers of operators serve their own folder only; the kernels travel as text inside
# codegen.
function(mote_public_headers out folder)
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS ${folder}/*.hpp ${folder}/*.def)
  list(FILTER headers EXCLUDE REGEX "/codegen/kernels/|/lib/ops/support/")
  foreach(header IN LISTS headers)
    file(STRINGS ${header} internal REGEX "^#include (<(onnx|Eigen)/|\"lib/ops/support/)")
    if(internal)
      list(REMOVE_ITEM headers ${header})
    endif()
  endforeach()
  set(${out} ${headers} PARENT_SCOPE)
endfunction()
