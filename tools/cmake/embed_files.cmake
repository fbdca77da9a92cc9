# cmake -DOUT=... -DHEADER=... -DTYPE=... -DFUNCTION=... -DFILES=a;b -P embed_files.cmake: files become one table of
# {name, text} raw string literals, byte for byte, sorted by name.
set(body "#include \"${HEADER}\"\n\nnamespace mote {\n\nstatic const ${TYPE} files[] = {\n")
list(SORT FILES COMPARE FILE_BASENAME)
foreach(file IN LISTS FILES)
  get_filename_component(name "${file}" NAME)
  file(READ "${file}" text)
  string(APPEND body "    {\"${name}\", R\"~~~(${text})~~~\"},\n")
endforeach()
string(APPEND body "};\n\nstd::span<const ${TYPE}> ${FUNCTION}() { return files; }\n\n}  // namespace mote\n")
file(WRITE "${OUT}" "${body}")
