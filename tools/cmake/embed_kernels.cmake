# cmake -DOUT=... -DFILES=a;b -P embed_kernels.cmake: kernel headers become one table of raw string literals, byte for
# byte.
set(body "#include \"codegen/kernel_catalog.hpp\"\n\nnamespace mote {\n\nstatic const KernelFile files[] = {\n")
list(SORT FILES)
foreach(file IN LISTS FILES)
  get_filename_component(name "${file}" NAME_WE)
  file(READ "${file}" text)
  string(APPEND body "    {\"${name}\", R\"~~~(${text})~~~\"},\n")
endforeach()
string(APPEND body "};\n\nstd::span<const KernelFile> kernel_files() { return files; }\n\n}  // namespace mote\n")
file(WRITE "${OUT}" "${body}")
