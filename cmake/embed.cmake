# cmake -DINPUT=<file> -DOUTPUT=<file.cpp> -DROOM=<room> -DNAME=<name> -P embed.cmake; see offprint_embed.
# As bytes: a text of a stranger's making may hold any delimiter of a raw string.
file(READ ${INPUT} hex HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${hex}")
file(WRITE ${OUTPUT} "#include <string_view>\nnamespace offprint::${ROOM} {\nnamespace {\nconstexpr char kBytes[] = {${bytes}0};\n}\n"
  "extern const std::string_view ${NAME};\nconst std::string_view ${NAME}{kBytes, sizeof(kBytes) - 1};\n}\n")
