# cmake --install: the program, the rooms as static libraries, headers and a CMake package.
#   find_package(offprint REQUIRED)
#   target_link_libraries(mine PRIVATE offprint::offprint)   # or single rooms: offprint::nn
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/offprint)

# All rooms but cli, which is the program.
set(rooms core data kernels worlds nn models tasks store feed papers web)
add_library(offprint_all INTERFACE)
set_target_properties(offprint_all PROPERTIES EXPORT_NAME offprint)
set_target_properties(offprint_torch PROPERTIES EXPORT_NAME torch)
foreach(room ${rooms})
  set_target_properties(offprint_${room} PROPERTIES EXPORT_NAME ${room})
  target_link_libraries(offprint_all INTERFACE offprint_${room})
  list(APPEND room_targets offprint_${room})
endforeach()

# The installed program finds libtorch where this build found it.
set_target_properties(offprint PROPERTIES INSTALL_RPATH "$<TARGET_FILE_DIR:torch_cpu>")
install(TARGETS offprint RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS ${room_targets} offprint_all offprint_torch EXPORT offprint ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/offprint DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
install(EXPORT offprint NAMESPACE offprint:: FILE offprint-targets.cmake DESTINATION ${package_folder})
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/offprint-config.cmake.in
  ${PROJECT_BINARY_DIR}/offprint-config.cmake INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/offprint-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/offprint-config.cmake ${PROJECT_BINARY_DIR}/offprint-config-version.cmake
  ${PROJECT_SOURCE_DIR}/cmake/OffprintTorch.cmake DESTINATION ${package_folder})
