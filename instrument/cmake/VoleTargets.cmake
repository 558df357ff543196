# CMake functions for programs that use vole. The same file serves vole's own tests in the build tree and, installed,
# everybody's find_package(vole).
#
#   vole_race(TARGET)   builds TARGET in race mode: instrumented by the plugin, linked with vole::race (which takes the
#                       place of vole::vole if TARGET links that). Needs clang 19 as the C++ compiler.
#   vole_vet(TARGET)    adds the plugin's warnings about goroutines to TARGET's compilation. Needs clang 19.
#   vole_add_test(NAME SOURCES file... [LIBS target...] [ARGS arg...] [ENVIRONMENT VAR=value...] [RACE] [VET])
#                       an executable NAME that links vole::vole, or in race mode vole::race, and a test that runs it.
include_guard(GLOBAL)

# Puts into OUT the path of the plugin; ends the configuration if it, or the compiler it fits, is not there.
function(vole_plugin_path out function target)
  if(NOT TARGET ${target})
    message(FATAL_ERROR "${function}: there is no target \"${target}\"")
  endif()
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang" OR NOT CMAKE_CXX_COMPILER_VERSION MATCHES "^19\\.")
    message(FATAL_ERROR "${function}(${target}) needs clang 19 as the C++ compiler, since the plugin fits no other; "
      "here it is ${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION} (${CMAKE_CXX_COMPILER}). "
      "Configure with -DCMAKE_CXX_COMPILER=clang++-19.")
  endif()
  if(TARGET vole_clang)
    add_dependencies(${target} vole_clang)
    set(path ${VOLE_PLUGIN_DIR}/vole-clang.so)
  elseif(VOLE_PLUGIN AND EXISTS "${VOLE_PLUGIN}")
    set(path ${VOLE_PLUGIN})
  else()
    message(FATAL_ERROR "${function}(${target}): vole was built without its Clang plugin (VOLE_BUILD_PLUGIN=OFF)")
  endif()
  # A new plugin makes new object files.
  get_target_property(sources ${target} SOURCES)
  get_target_property(source_dir ${target} SOURCE_DIR)
  foreach(source IN LISTS sources)
    if(NOT source MATCHES "\\$<")
      cmake_path(ABSOLUTE_PATH source BASE_DIRECTORY ${source_dir})
      set_property(SOURCE ${source} TARGET_DIRECTORY ${target} APPEND PROPERTY OBJECT_DEPENDS ${path})
    endif()
  endforeach()
  set(${out} ${path} PARENT_SCOPE)
endfunction()

# Exchanges vole::vole for vole::race in what TARGET links, once the directory that made TARGET is done.
function(vole_race_relink target)
  get_target_property(libraries ${target} LINK_LIBRARIES)
  if(NOT libraries)
    set(libraries)
  endif()
  list(TRANSFORM libraries REPLACE "^vole::vole$" "vole::race")
  list(PREPEND libraries vole::race)
  list(REMOVE_DUPLICATES libraries)
  set_property(TARGET ${target} PROPERTY LINK_LIBRARIES ${libraries})
endfunction()

function(vole_race target)
  vole_plugin_path(plugin vole_race ${target})
  # _GLIBCXX_TSAN: libstdc++ does two things in one wider atomic operation unless a detector is watching.
  target_compile_options(${target} PRIVATE -fplugin=${plugin} -fplugin-arg-vole-race -g -fno-omit-frame-pointer
    -fno-optimize-sibling-calls)
  target_compile_definitions(${target} PRIVATE VOLE_RACE=1 _GLIBCXX_TSAN=1)
  # Shared libraries that were built with race mode find the detector in the program.
  target_link_options(${target} PRIVATE "$<$<STREQUAL:$<TARGET_PROPERTY:${target},TYPE>,EXECUTABLE>:LINKER:--export-dynamic-symbol=__vole_*>")
  get_target_property(directory ${target} SOURCE_DIR)
  cmake_language(EVAL CODE "cmake_language(DEFER DIRECTORY [[${directory}]] CALL vole_race_relink [[${target}]])")
endfunction()

function(vole_vet target)
  vole_plugin_path(plugin vole_vet ${target})
  target_compile_options(${target} PRIVATE -fplugin=${plugin} -fplugin-arg-vole-vet)
endfunction()

function(vole_add_test name)
  cmake_parse_arguments(PARSE_ARGV 1 test "RACE;VET" "" "SOURCES;LIBS;ARGS;ENVIRONMENT")
  if(NOT test_SOURCES)
    message(FATAL_ERROR "vole_add_test(${name}): SOURCES is missing")
  endif()
  if(test_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "vole_add_test(${name}): what is \"${test_UNPARSED_ARGUMENTS}\"?")
  endif()
  add_executable(${name} ${test_SOURCES})
  target_link_libraries(${name} PRIVATE ${test_LIBS})
  if(test_RACE)
    vole_race(${name})
  else()
    target_link_libraries(${name} PRIVATE vole::vole)
  endif()
  if(test_VET)
    vole_vet(${name})
  endif()
  add_test(NAME ${name} COMMAND ${name} ${test_ARGS})
  if(test_ENVIRONMENT)
    set_tests_properties(${name} PROPERTIES ENVIRONMENT "${test_ENVIRONMENT}")
  endif()
endfunction()
