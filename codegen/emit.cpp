#include "codegen/emit.hpp"
namespace mote {
Result<FileTree> emit(const Plan&, const EmitOptions&) { return FileTree{}; }
}  // namespace mote
