# offprint_room(<name> DEPENDS <rooms below> LINKS <libraries>): one static library from offprint/<name>/**.cpp.
# A room of OFFPRINT_BUILT_ROOMS is taken as another build made it.
function(offprint_room name)
  cmake_parse_arguments(ROOM "" "" "DEPENDS;LINKS" ${ARGN})
  if(name IN_LIST OFFPRINT_BUILT_ROOMS)
    list(TRANSFORM ROOM_DEPENDS PREPEND offprint_)
    add_library(offprint_${name} STATIC IMPORTED GLOBAL)
    set_target_properties(offprint_${name} PROPERTIES
      IMPORTED_LOCATION ${OFFPRINT_BUILT_IN}/${CMAKE_STATIC_LIBRARY_PREFIX}offprint_${name}${CMAKE_STATIC_LIBRARY_SUFFIX})
    target_include_directories(offprint_${name} INTERFACE ${PROJECT_SOURCE_DIR})
    target_link_libraries(offprint_${name} INTERFACE ${ROOM_DEPENDS} fmt::fmt nlohmann_json::nlohmann_json Threads::Threads
      ${ROOM_LINKS} offprint_torch)
    return()
  endif()
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/offprint/${name}/*.cpp)
  add_library(offprint_${name} STATIC ${sources})
  target_include_directories(offprint_${name} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}> $<INSTALL_INTERFACE:include>)
  list(TRANSFORM ROOM_DEPENDS PREPEND offprint_)
  target_link_libraries(offprint_${name} PUBLIC ${ROOM_DEPENDS} fmt::fmt nlohmann_json::nlohmann_json Threads::Threads
    PRIVATE $<BUILD_INTERFACE:offprint_flags> ${ROOM_LINKS})
  target_link_libraries(offprint_${name} PUBLIC offprint_torch)
  target_compile_definitions(offprint_${name} PRIVATE TORCH_ASSERT_ONLY_METHOD_OPERATORS)
  offprint_pch(offprint_${name})
endfunction()

# offprint_embed(<room> <file> <name>): the text file becomes std::string_view offprint::<room>::<name>, so that the
# program needs nothing beside itself. Declare it where it is used: extern const std::string_view <name>;
function(offprint_embed room file name)
  if(room IN_LIST OFFPRINT_BUILT_ROOMS)
    return()
  endif()
  set(source ${PROJECT_BINARY_DIR}/embedded/${room}/${name}.cpp)
  add_custom_command(OUTPUT ${source} DEPENDS ${PROJECT_SOURCE_DIR}/${file} ${PROJECT_SOURCE_DIR}/cmake/embed.cmake
    COMMAND ${CMAKE_COMMAND} -DINPUT=${PROJECT_SOURCE_DIR}/${file} -DOUTPUT=${source} -DROOM=${room} -DNAME=${name}
    -P ${PROJECT_SOURCE_DIR}/cmake/embed.cmake VERBATIM)
  target_sources(offprint_${room} PRIVATE ${source})
endfunction()

# offprint_revision(<room>): offprint::<room>::kRevision names the commit; made anew when HEAD moves.
function(offprint_revision room)
  if(room IN_LIST OFFPRINT_BUILT_ROOMS)
    return()
  endif()
  set(source ${PROJECT_BINARY_DIR}/embedded/${room}/revision.cpp)
  execute_process(COMMAND git rev-parse --git-path logs/HEAD WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
    OUTPUT_VARIABLE log OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  cmake_path(ABSOLUTE_PATH log BASE_DIRECTORY ${PROJECT_SOURCE_DIR})
  if(NOT EXISTS ${log})
    set(log)
  endif()
  add_custom_command(OUTPUT ${source} DEPENDS ${log} COMMAND ${CMAKE_COMMAND} -DSOURCE=${PROJECT_SOURCE_DIR}
    -DOUTPUT=${source} -DROOM=${room} -P ${PROJECT_SOURCE_DIR}/cmake/revision.cmake VERBATIM)
  target_sources(offprint_${room} PRIVATE ${source})
endfunction()

# One precompiled header, made by core and reused by all that compile with the same flags.
function(offprint_pch target)
  if(NOT OFFPRINT_PCH)
    return()
  endif()
  if(target STREQUAL "offprint_core")
    target_precompile_headers(${target} PRIVATE <string> <vector> <span> ${PROJECT_SOURCE_DIR}/offprint/core/tensor.h)
  else()
    target_precompile_headers(${target} REUSE_FROM offprint_core)
  endif()
endfunction()

# Files that need libtorch's full headers (custom autograd, optimisers): no thin-header guard, no precompiled header.
function(offprint_full_torch)
  foreach(file ${ARGN})
    set_source_files_properties(${PROJECT_SOURCE_DIR}/${file} PROPERTIES SKIP_PRECOMPILE_HEADERS ON
      COMPILE_OPTIONS -UTORCH_ASSERT_ONLY_METHOD_OPERATORS)
  endforeach()
endfunction()

function(offprint_program name source)
  add_executable(${name} ${source})
  target_link_libraries(${name} PRIVATE offprint_cli $<BUILD_INTERFACE:offprint_flags>)
endfunction()

# offprint_threads(<files below offprint/>): compiled with OpenMP, so that at::parallel_for uses libtorch's threads.
function(offprint_threads)
  if(NOT OpenMP_CXX_FOUND)
    return()
  endif()
  foreach(file ${ARGN})
    set_source_files_properties(${PROJECT_SOURCE_DIR}/offprint/${file} PROPERTIES SKIP_PRECOMPILE_HEADERS ON
      COMPILE_OPTIONS "${OpenMP_CXX_FLAGS}")
  endforeach()
endfunction()
