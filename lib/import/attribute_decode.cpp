#include "lib/import/attribute_decode.hpp"

#include <algorithm>

#include "lib/import/names.hpp"
#include "lib/support/word_list.hpp"

namespace mote {
namespace {

using Proto = onnx::AttributeProto;

// Exporters of the first IR versions left the type out: it follows from the one field that is there.
Proto::AttributeType type_of(const Proto& attribute) {
  if (attribute.type() != Proto::UNDEFINED) return attribute.type();
  if (attribute.has_f()) return Proto::FLOAT;
  if (attribute.has_i()) return Proto::INT;
  if (attribute.has_s()) return Proto::STRING;
  if (attribute.has_t()) return Proto::TENSOR;
  if (attribute.has_g()) return Proto::GRAPH;
  if (attribute.floats_size() > 0) return Proto::FLOATS;
  if (attribute.strings_size() > 0) return Proto::STRINGS;
  if (attribute.ints_size() > 0) return Proto::INTS;
  return Proto::UNDEFINED;
}

Diagnostic unsupported(const Proto& attribute, const std::string& what, Locus where) {
  return {.code = Code::unsupported_form, .message = "attribute " + shown(attribute.name()) + " " + what,
          .where = std::move(where)};
}

Result<Attr> joined(const Proto& attribute, const Locus& where) {
  for (const std::string& element : attribute.strings())
    if (!is_utf8(element)) return unsupported(attribute, "has the element " + shown(element) + ", which is not UTF-8", where);
  return Attr(joined_words(std::vector<std::string>(attribute.strings().begin(), attribute.strings().end())));
}

Result<Attr> literal(const Proto& attribute, TensorSource& source, const Locus& where) {
  auto tensor = decode_tensor(attribute.t(), source);
  if (!tensor) {
    Diagnostic why = tensor.error();
    why.where = where;
    why.message = "attribute " + shown(attribute.name()) + ": " + why.message;
    return why;
  }
  return Attr(Literal{.type = {.dtype = tensor->dtype, .shape = std::move(tensor->shape)},
                      .data = std::make_shared<const Bytes>(std::move(tensor->bytes))});
}

Result<Attr> decode(const Proto& attribute, TensorSource& source, const Locus& where) {
  if (attribute.has_ref_attr_name() && !attribute.ref_attr_name().empty())
    return unsupported(attribute, "refers to an attribute of a function, outside of a function", where);
  switch (type_of(attribute)) {
    case Proto::FLOAT: return Attr(attribute.f());
    case Proto::INT: return Attr(std::int64_t{attribute.i()});
    case Proto::FLOATS: return Attr(std::vector<float>(attribute.floats().begin(), attribute.floats().end()));
    case Proto::INTS: return Attr(std::vector<std::int64_t>(attribute.ints().begin(), attribute.ints().end()));
    case Proto::TENSOR: return literal(attribute, source, where);
    case Proto::STRINGS: return joined(attribute, where);
    case Proto::STRING:
      if (!is_utf8(attribute.s())) return unsupported(attribute, "is not UTF-8", where);
      return Attr(attribute.s());
    case Proto::GRAPH:
    case Proto::GRAPHS: return unsupported(attribute, "is a subgraph; control flow is not supported", where);
    default: return unsupported(attribute, "has no value, or one of a kind that no supported operator takes", where);
  }
}

}  // namespace

Attrs decode_attributes(const onnx::NodeProto& node, TensorSource& source, const Locus& where, Problems& problems) {
  Attrs attrs;
  for (const Proto& attribute : node.attribute()) {
    if (attrs.contains(attribute.name())) {
      problems.add(Diagnostic{.code = Code::unknown_attribute,
                              .message = "attribute " + shown(attribute.name()) + " is given twice",
                              .where = where});
      continue;
    }
    auto decoded = decode(attribute, source, where);
    if (decoded)
      attrs.emplace(attribute.name(), *std::move(decoded));
    else
      problems.add(std::move(decoded.errors()));
  }
  return attrs;
}

bool has_subgraph(const onnx::NodeProto& node) {
  return std::ranges::any_of(node.attribute(), [](const Proto& attribute) {
    return type_of(attribute) == Proto::GRAPH || type_of(attribute) == Proto::GRAPHS;
  });
}

}  // namespace mote
