# install, find_package(mote) and CPack.
include(CMakePackageConfigHelpers)
get_property(libraries GLOBAL PROPERTY MOTE_LIBRARIES)
install(TARGETS mote RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS ${libraries} EXPORT moteTargets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
  FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/mote)
