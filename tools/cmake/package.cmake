# What is installed: the tool, and for find_package(mote) the libraries, their headers and moteConfig.cmake.
include(CMakePackageConfigHelpers)
set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/mote)
get_property(libraries GLOBAL PROPERTY MOTE_LIBRARIES)

install(TARGETS mote EXPORT moteTargets RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT tool)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT tool)
install(TARGETS ${libraries} EXPORT moteTargets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development
  FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/mote COMPONENT development)
install(EXPORT moteTargets NAMESPACE mote:: DESTINATION ${package_folder} COMPONENT development)

configure_package_config_file(tools/cmake/moteConfig.cmake.in ${CMAKE_BINARY_DIR}/package/moteConfig.cmake
  INSTALL_DESTINATION ${package_folder})
# Before 1.0 a minor version may change interfaces.
write_basic_package_version_file(${CMAKE_BINARY_DIR}/package/moteConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/package/moteConfig.cmake ${CMAKE_BINARY_DIR}/package/moteConfigVersion.cmake
    tools/cmake/FindOnnxProto.cmake tools/cmake/FindZip.cmake
  DESTINATION ${package_folder} COMPONENT development)

# cpack: one archive of everything, and Debian's usual split in two packages. The tool's shared libraries are found by
# dpkg-shlibdeps; `mote verify` compiles drops.
set(CPACK_PACKAGE_NAME mote)
set(CPACK_PACKAGE_CONTACT "the maintainers of mote")
set(CPACK_RESOURCE_FILE_LICENSE ${CMAKE_SOURCE_DIR}/LICENSE)
set(CPACK_GENERATOR TGZ DEB)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_TOOL_PACKAGE_NAME mote)
set(CPACK_DEBIAN_TOOL_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_TOOL_PACKAGE_RECOMMENDS "g++")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libmote-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS
  "mote (= ${PROJECT_VERSION}), libonnx-dev, libprotobuf-dev, libspdlog-dev, libssl-dev, libtomlplusplus-dev, libzip-dev")
include(CPack)
