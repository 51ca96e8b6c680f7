find_package(Catch2 REQUIRED)   # v2.13 or v3
set(KAMACITE_TEST_TIMEOUT 400 CACHE STRING "Seconds before a test counts as deadlocked")

add_library(kamacite_test_support STATIC ${PROJECT_SOURCE_DIR}/tests/support/main.cpp)
target_include_directories(kamacite_test_support PUBLIC ${PROJECT_SOURCE_DIR}/tests)
target_link_libraries(kamacite_test_support PUBLIC Catch2::Catch2 kamacite::mpi kamacite::structure)
# Tests that need reference data beside the repository find it here, or are skipped, visibly.
set(KAMACITE_SHARED_DATA "${PROJECT_SOURCE_DIR}/../shared" CACHE PATH "Reference data and models; may be absent")
target_compile_definitions(kamacite_test_support PUBLIC
  KAMACITE_SOURCE_DIR="${PROJECT_SOURCE_DIR}" KAMACITE_SHARED_DATA="${KAMACITE_SHARED_DATA}")

# kamacite_add_test(<name> SOURCES <file>... USES <module>... [RANKS <n>...] [LABELS <label>...]
#                   [LONG_RANKS <n>...] [LONG_CASES <cases>])
#
# One executable, registered once per rank count as <name>.np<n>. RANKS defaults to 1. With LONG_RANKS also as
# <name>.np<n>.long, which only ctest -C long runs: LONG_CASES of it, all that are not hidden if none are named.
function(kamacite_add_test name)
  cmake_parse_arguments(arg "" "" "SOURCES;USES;RANKS;LABELS;LONG_RANKS;LONG_CASES" ${ARGN})
  if(NOT arg_RANKS)
    set(arg_RANKS 1)
  endif()
  list(TRANSFORM arg_USES PREPEND "kamacite::")

  add_executable(test_${name} ${arg_SOURCES})
  target_link_libraries(test_${name} PRIVATE kamacite_test_support ${arg_USES})
  # Small problems: what takes time is compiling the tests, not running them.
  target_compile_options(test_${name} PRIVATE -O1 -Wall -Wextra -Wno-stringop-overflow -Wno-restrict)

  foreach(ranks IN LISTS arg_RANKS)
    add_test(NAME ${name}.np${ranks}
      COMMAND ${MPIEXEC_EXECUTABLE} ${MPIEXEC_NUMPROC_FLAG} ${ranks} ${MPIEXEC_PREFLAGS}
              $<TARGET_FILE:test_${name}> ${MPIEXEC_POSTFLAGS})
    set_tests_properties(${name}.np${ranks} PROPERTIES
      PROCESSORS ${ranks} TIMEOUT ${KAMACITE_TEST_TIMEOUT} RESOURCE_LOCK ${name})
    set(labels ${arg_LABELS})
    if(ranks GREATER 1)
      list(APPEND labels mpi)
    endif()
    set_tests_properties(${name}.np${ranks} PROPERTIES LABELS "${labels}")
  endforeach()
  foreach(ranks IN LISTS arg_LONG_RANKS)
    add_test(NAME ${name}.np${ranks}.long CONFIGURATIONS long
      COMMAND ${MPIEXEC_EXECUTABLE} ${MPIEXEC_NUMPROC_FLAG} ${ranks} ${MPIEXEC_PREFLAGS}
              $<TARGET_FILE:test_${name}> ${arg_LONG_CASES} ${MPIEXEC_POSTFLAGS})
    set_tests_properties(${name}.np${ranks}.long PROPERTIES
      PROCESSORS ${ranks} TIMEOUT 3600 LABELS "long;mpi" RESOURCE_LOCK ${name})
  endforeach()
endfunction()
