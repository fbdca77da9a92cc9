# mote_library(name FOLDER f [PUBLIC libs] [PRIVATE libs]): the static library of one folder, without its sub-libraries'
# folders. Headers form a file set, so that each is proven to compile alone and is installed.
function(mote_library name)
  cmake_parse_arguments(arg "" "FOLDER" "PUBLIC;PRIVATE" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR} ${arg_FOLDER}/*.cpp)
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS ${arg_FOLDER}/*.hpp ${arg_FOLDER}/*.def)
  list(FILTER headers EXCLUDE REGEX "codegen/kernels/")
  if(arg_FOLDER STREQUAL "lib/ops")
    file(GLOB helpers CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR} lib/ops/support/*.cpp
      lib/ops/text/*.cpp)
    set(sources lib/ops/registry.cpp lib/ops/attributes.cpp lib/ops/evaluate.cpp lib/ops/verify.cpp
      ${helpers} ${op_sources})
  endif()
  add_library(mote_${name} STATIC ${sources})

  add_library(mote::${name} ALIAS mote_${name})
  set_target_properties(mote_${name} PROPERTIES EXPORT_NAME ${name} LINKER_LANGUAGE CXX)
  target_sources(mote_${name} PUBLIC FILE_SET HEADERS BASE_DIRS ${CMAKE_SOURCE_DIR} FILES ${headers})
  target_compile_features(mote_${name} PUBLIC cxx_std_20)
  foreach(dependency IN LISTS arg_PRIVATE)
    target_link_libraries(mote_${name} PRIVATE $<BUILD_INTERFACE:${dependency}>)
  endforeach()
  target_link_libraries(mote_${name} PUBLIC ${arg_PUBLIC} PRIVATE $<BUILD_INTERFACE:mote_warnings>)
  set_property(GLOBAL APPEND PROPERTY MOTE_LIBRARIES mote_${name})
endfunction()
