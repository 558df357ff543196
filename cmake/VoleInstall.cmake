# What `cmake --install` puts where: libraries, headers, plugin, driver (in its own folder's rules), tool, package files.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(vole_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/vole)
install(TARGETS vole vole_race EXPORT vole ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT vole NAMESPACE vole:: FILE voleExports.cmake DESTINATION ${vole_package_dir})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/runtime/include/vole DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
  FILES_MATCHING PATTERN "*.h" PATTERN "*.def")

set(VOLE_PLUGIN_INSTALLED ${CMAKE_INSTALL_LIBDIR}/vole/vole-clang.so)
if(TARGET vole_clang)
  install(TARGETS vole_clang LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/vole)
endif()
if(TARGET vole_tool)
  install(TARGETS vole_tool RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()

configure_package_config_file(${PROJECT_SOURCE_DIR}/instrument/cmake/voleConfig.cmake.in
  ${CMAKE_BINARY_DIR}/cmake/voleConfig.cmake
  INSTALL_DESTINATION ${vole_package_dir} PATH_VARS CMAKE_INSTALL_INCLUDEDIR VOLE_PLUGIN_INSTALLED)
write_basic_package_version_file(${CMAKE_BINARY_DIR}/cmake/voleConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/cmake/voleConfig.cmake ${CMAKE_BINARY_DIR}/cmake/voleConfigVersion.cmake
  ${PROJECT_SOURCE_DIR}/instrument/cmake/VoleTargets.cmake DESTINATION ${vole_package_dir})
