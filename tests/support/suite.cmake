# vole_suite(NAME FILE...): the GoogleTest files as one program, run with 1, 2 and 8 processors.
include_guard(GLOBAL)

function(vole_suite name)
  add_executable(${name}_test ${ARGN})
  target_include_directories(${name}_test PRIVATE ${PROJECT_SOURCE_DIR}/runtime/src ${PROJECT_SOURCE_DIR})
  target_link_libraries(${name}_test PRIVATE vole::vole GTest::gtest_main)
  foreach(procs 1 2 8)
    add_test(NAME ${name}.procs_${procs} COMMAND ${name}_test)
    set_tests_properties(${name}.procs_${procs} PROPERTIES TIMEOUT 120 ENVIRONMENT VOLE_MAXPROCS=${procs})
  endforeach()
endfunction()
