# cmake -DBUILD=… -DSOURCE=… -DSCRATCH=… -DMODEL=… -DCOMPILER=… -DLAUNCHER=… -DFLAGS=… -P run_package.cmake
# Installs the build elsewhere than it was configured for, builds the consumer with find_package(mote) against that, and
# holds what its program writes to what the installed command writes.
function(run)
  execute_process(COMMAND ${ARGN} OUTPUT_VARIABLE output ERROR_VARIABLE output RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${ARGN}\n${output}")
  endif()
endfunction()

set(installed ${SCRATCH}/installed)
set(consumer ${SCRATCH}/consumer)
file(REMOVE_RECURSE ${SCRATCH})
run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${installed})

file(GLOB_RECURSE package_files ${installed}/*.cmake)
foreach(file IN LISTS package_files)
  file(STRINGS ${file} places REGEX "${SOURCE}")
  if(places)
    message(FATAL_ERROR "${file} depends on where mote was built: ${places}")
  endif()
endforeach()

run(${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR}/consumer -B ${consumer} -G Ninja
  -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_COMPILER=${COMPILER} -DCMAKE_CXX_FLAGS=${FLAGS}
  -DCMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER}
  -DCMAKE_PREFIX_PATH=${installed} -DMODEL=${MODEL})
run(${CMAKE_COMMAND} --build ${consumer} --parallel 2)
run(${consumer}/compile_model ${MODEL} nucleo-l4r5zi ${consumer}/by_library)

file(GLOB_RECURSE files RELATIVE ${consumer}/by_command
  ${consumer}/by_command/include/* ${consumer}/by_command/src/*)
list(LENGTH files count)
if(count LESS 4)
  message(FATAL_ERROR "the command wrote ${count} files: ${files}")
endif()
foreach(file IN LISTS files)
  run(${CMAKE_COMMAND} -E compare_files ${consumer}/by_command/${file} ${consumer}/by_library/${file})
endforeach()
message("${count} files of the network are the same from the command and from the libraries")
