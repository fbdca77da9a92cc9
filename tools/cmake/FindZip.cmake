# Zip::Zip: libzip. Its own CMake files, as Debian ships them, fail without programs of packages that mote does not need.
find_library(ZIP_LIBRARY zip)
find_path(ZIP_INCLUDE_DIR zip.h)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Zip REQUIRED_VARS ZIP_LIBRARY ZIP_INCLUDE_DIR)
if(Zip_FOUND AND NOT TARGET Zip::Zip)
  add_library(Zip::Zip UNKNOWN IMPORTED)
  set_target_properties(Zip::Zip PROPERTIES
    IMPORTED_LOCATION "${ZIP_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${ZIP_INCLUDE_DIR}")
endif()
