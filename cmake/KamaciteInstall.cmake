include(CMakePackageConfigHelpers)
get_property(modules GLOBAL PROPERTY KAMACITE_MODULES)
install(TARGETS ${modules} EXPORT KamaciteTargets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/kamacite DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
set(config_dir ${CMAKE_INSTALL_LIBDIR}/cmake/kamacite)
install(EXPORT KamaciteTargets NAMESPACE kamacite:: DESTINATION ${config_dir})
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/KamaciteConfig.cmake.in
  ${PROJECT_BINARY_DIR}/kamaciteConfig.cmake INSTALL_DESTINATION ${config_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/kamaciteConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/kamaciteConfig.cmake ${PROJECT_BINARY_DIR}/kamaciteConfigVersion.cmake
  ${PROJECT_SOURCE_DIR}/cmake/KamaciteDependencies.cmake DESTINATION ${config_dir})
