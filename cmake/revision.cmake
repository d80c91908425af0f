# cmake -DSOURCE=<checkout> -DOUTPUT=<file.cpp> -DROOM=<room> -P revision.cmake; see offprint_revision.
execute_process(COMMAND git describe --always --abbrev=10 WORKING_DIRECTORY ${SOURCE}
  OUTPUT_VARIABLE revision OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT revision)
  set(revision unknown)
endif()
file(WRITE ${OUTPUT} "#include <string_view>\nnamespace offprint::${ROOM} {\nextern const std::string_view kRevision;\n"
  "const std::string_view kRevision{\"${revision}\"};\n}\n")
