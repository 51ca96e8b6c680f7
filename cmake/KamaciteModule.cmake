# GCC 12 sees overflows in {fmt} and std::string that are not there: the last two are off.
set(KAMACITE_WARNINGS -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
  -Wno-stringop-overflow -Wno-restrict)

# kamacite_add_module(<name> SOURCES <file>... [USES <lower module>...] [LINKS <library>...] [PRIVATE_LINKS <library>...])
#
# One module = one folder under src/ and include/kamacite/ = one library kamacite::<name>.
# USES is the whole list of modules that this one may include; tests/lint reads every include
# and holds it against tests/lint/layers.txt.
function(kamacite_add_module name)
  cmake_parse_arguments(arg "" "" "SOURCES;USES;LINKS;PRIVATE_LINKS" ${ARGN})
  list(TRANSFORM arg_USES PREPEND "kamacite::")

  add_library(kamacite_${name} STATIC ${arg_SOURCES})
  add_library(kamacite::${name} ALIAS kamacite_${name})
  target_compile_features(kamacite_${name} PUBLIC cxx_std_20)
  target_compile_options(kamacite_${name} PRIVATE ${KAMACITE_WARNINGS})
  target_include_directories(kamacite_${name} PUBLIC
    "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>"
    "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>")
  target_link_libraries(kamacite_${name} PUBLIC ${arg_USES} ${arg_LINKS} PRIVATE ${arg_PRIVATE_LINKS})
  set_target_properties(kamacite_${name} PROPERTIES EXPORT_NAME ${name} POSITION_INDEPENDENT_CODE ON)
  set_property(GLOBAL APPEND PROPERTY KAMACITE_MODULES kamacite_${name})
endfunction()
