#include <algorithm>
#include <cstring>
#include <unordered_map>

#include "lib/ops/op_def.hpp"
#include "lib/ops/text/lexer.hpp"
#include "lib/ops/text_form.hpp"
#include "lib/support/rng.hpp"
#include "lib/support/text.hpp"

namespace mote {
namespace {

constexpr std::size_t max_text_bytes = std::size_t{1} << 30U;
constexpr std::int64_t max_constant_bytes = std::int64_t{256} << 20U;

class Parser {
 public:
  explicit Parser(const BlobsByHash& known) : known_(known) {}

  Result<Graph> run(std::string_view text) {
    if (text.size() > max_text_bytes)
      return Diagnostic{.code = Code::limit_exceeded, .message = "the text form is larger than 1 GiB"};
    for (std::size_t number = 1; !text.empty(); ++number) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      LineReader line(text.substr(0, end), number);
      text.remove_prefix(std::min(end + 1, text.size()));
      if (line.at_end()) continue;
      statement(line);
      if (!line.failed() && !line.at_end()) line.fail("expected the end of the line");
      if (!problems_.empty()) return std::move(problems_);
      if (line.failed()) return line.problem();
    }
    if (!seen_graph_) return Diagnostic{.code = Code::malformed_text, .message = "1:1: expected 'graph'"};
    return std::move(graph_);
  }

 private:
  void statement(LineReader& line) {
    if (!seen_graph_) {
      if (!line.accept("graph ")) return line.fail("expected 'graph'");
      graph_.name = line.text();
      seen_graph_ = true;
    } else if (line.accept("input ")) {
      input(line);
    } else if (line.accept("constant ")) {
      constant(line);
    } else if (line.accept("output ")) {
      do graph_.outputs.push_back(use(line));
      while (line.accept(','));
    } else {
      node(line);
    }
  }

  void input(LineReader& line) {
    const Name name = value_name(line);
    if (name.constant) return line.fail("an input is written with '%'");
    line.expect(':');
    TensorType type = tensor_type(line);
    if (const ValueId id = define(line, name, std::move(type))) graph_.inputs.push_back(id);
  }

  void constant(LineReader& line) {
    const Name name = value_name(line);
    if (!name.constant) return line.fail("a constant is written with '@'");
    line.expect(':');
    TensorType type = tensor_type(line);
    line.expect('=');
    Blob data = elements(line, type);
    if (const ValueId id = define(line, name, std::move(type))) graph_.at(id).data = std::move(data);
  }

  struct Name {
    std::string text;
    bool constant;
    std::size_t column;
  };
  Name value_name(LineReader& line) {
    const std::size_t column = line.column();
    const bool constant = line.accept('@');
    if (!constant && !line.accept('%')) line.fail("expected a value, '%name' or '@name'");
    std::string text = line.name_or_text();
    if (text.empty()) line.fail("the name of a value may not be empty");
    return {std::move(text), constant, column};
  }

  ValueId define(LineReader& line, const Name& name, TensorType type) {
    if (line.failed()) return {};
    if (by_name_.contains(name.text)) {
      line.fail_at(name.column, "'" + name.text + "' is defined twice");
      return {};
    }
    const ValueId id = graph_.add_value(name.text, std::move(type));
    by_name_.emplace(name.text, id);
    return id;
  }

  ValueId use(LineReader& line) {
    const Name name = value_name(line);
    if (line.failed()) return {};
    const auto found = by_name_.find(name.text);
    if (found == by_name_.end()) {
      line.fail_at(name.column, "'" + name.text + "' is not defined above");
      return {};
    }
    if (graph_.at(found->second).is_constant() != name.constant)
      line.fail_at(name.column, "'" + name.text + "' is " + (name.constant ? "not " : "") + "a constant");
    return found->second;
  }

  void node(LineReader& line) {
    std::vector<std::optional<Name>> results;
    const std::size_t start = line.column();
    do {
      if (line.accept('_')) results.emplace_back();
      else results.emplace_back(value_name(line));
      if (!line.failed() && results.back() && results.back()->constant) line.fail("a result is written with '%'");
    } while (line.accept(','));
    line.expect('=');

    Node node;
    const std::size_t op_column = line.column();
    const std::string op_name = line.name();
    node.op = line.failed() ? nullptr : find_op(op_name);
    if (node.op == nullptr) return line.fail_at(op_column, "no operator is called '" + op_name + "'");
    operands(line, node);
    if (line.accept('{')) attributes(line, node);
    line.expect(':');
    std::vector<TensorType> types;
    const std::size_t type_column = line.column();
    do types.push_back(line.accept('_') ? TensorType{} : tensor_type(line));
    while (line.accept(','));
    if (types.size() != results.size()) line.fail_at(type_column, "there must be one type per result");
    if (line.failed()) return;

    for (std::size_t i = 0; i < results.size(); ++i)
      node.outputs.push_back(results[i] ? define(line, *results[i], types[i]) : ValueId{});
    if (const auto comment = line.comment()) node.origin = origin(*comment);
    check(line, node, start, type_column);
    if (!line.failed()) graph_.nodes.push_back(std::move(node));
  }

  void operands(LineReader& line, Node& node) {
    line.expect('(');
    if (line.accept(')')) return;
    do node.inputs.push_back(line.accept('_') ? ValueId{} : use(line));
    while (line.accept(','));
    line.expect(')');
  }

  // The operators' own rules have the last word, with their own codes; the place in the text is put in front.
  void check(LineReader& line, Node& node, std::size_t start, std::size_t type_column) {
    if (line.failed()) return;
    Result<Types> types = Types{};
    if (Status status = complete_attributes(*node.op, node.attrs, node.origin); !status) types = std::move(status.errors());
    else types = infer_types(graph_, node);
    if (!types) {
      for (Diagnostic& problem : types.errors()) {
        line.fail_at(start, problem.message);
        problem.message = line.problem().message;
      }
      problems_ = std::move(types.errors());
      return;
    }
    for (std::size_t i = 0; i < node.outputs.size(); ++i) {
      if (i >= types->size()) return line.fail_at(start, "too many results");
      if (node.outputs[i] && graph_.at(node.outputs[i]).type != (*types)[i])
        line.fail_at(type_column, "the type of '" + graph_.at(node.outputs[i]).name + "' is not what " +
                                      std::string(node.op->name) + " gives: " + std::string(name_of((*types)[i].dtype)) +
                                      "[" + join((*types)[i].shape.extents(), "x") + "]");
    }
  }

  void attributes(LineReader& line, Node& node) {
    if (line.accept('}')) return;
    do {
      const std::size_t column = line.column();
      const std::string name = line.name();
      line.expect('=');
      const auto spec = std::ranges::find(node.op->attrs, name, &AttrSpec::name);
      if (line.failed()) return;
      if (spec == node.op->attrs.end()) return line.fail_at(column, "attribute '" + name + "' is not part of the operator");
      Attr attr = attribute(line, spec->kind);
      if (!node.attrs.emplace(name, std::move(attr)).second) line.fail_at(column, "'" + name + "' is given twice");
    } while (line.accept(','));
    line.expect('}');
  }

  Attr attribute(LineReader& line, AttrKind kind) {
    switch (kind) {
      case AttrKind::integer: return number<std::int64_t>(line);
      case AttrKind::real: return number<float>(line);
      case AttrKind::text: return line.text();
      case AttrKind::integers: return list<std::int64_t>(line);
      case AttrKind::reals: return list<float>(line);
      case AttrKind::literal: break;
    }
    Literal literal;
    literal.type = tensor_type(line);
    literal.data = elements(line, literal.type);
    return literal;
  }

  template <class T>
  T number(LineReader& line) {
    const std::size_t column = line.column();
    const auto value = read_number<T>(line.number());
    if (!value) line.fail_at(column, "expected a number that fits the element type");
    return value.value_or(T{});
  }

  template <class T>
  std::vector<T> list(LineReader& line) {
    std::vector<T> values;
    line.expect('[');
    if (line.accept(']')) return values;
    do values.push_back(number<T>(line));
    while (line.accept(',') && !line.failed());
    line.expect(']');
    return values;
  }

  TensorType tensor_type(LineReader& line) {
    TensorType type;
    const std::size_t column = line.column();
    const auto dtype = dtype_named(line.name());
    if (!dtype) {
      line.fail_at(column, "expected an element type");
      return type;
    }
    type.dtype = *dtype;
    std::vector<std::int64_t> extents;
    line.expect('[');
    if (!line.accept(']')) {
      do extents.push_back(extent(line));
      while (line.accept('x') && !line.failed());
      line.expect(']');
    }
    if (line.failed()) return type;
    auto shape = Shape::make(std::move(extents));
    if (!shape) line.fail_at(column, shape.error().message);
    else type.shape = *std::move(shape);
    if (line.accept("q(")) type.quant = quant(line);
    return type;
  }

  static std::int64_t extent(LineReader& line) {
    const std::size_t column = line.column();
    const auto value = read_number<std::int64_t>(line.letters("0123456789"));
    if (!value) line.fail_at(column, "expected an extent");
    return value.value_or(0);
  }

  QuantParams quant(LineReader& line) {
    QuantParams params;
    if (line.accept("axis=")) {
      params.axis = static_cast<std::size_t>(extent(line));
      line.expect(',');
    }
    do {
      params.scale.push_back(number<float>(line));
      line.expect(':');
      params.zero_point.push_back(number<std::int32_t>(line));
    } while (line.accept(',') && !line.failed());
    line.expect(')');
    return params;
  }

  Blob elements(LineReader& line, const TensorType& type) {
    auto bytes = std::make_shared<Bytes>();
    if (line.failed()) return bytes;
    const std::size_t column = line.column();
    constant_bytes_ += type.bytes();
    if (constant_bytes_ > max_constant_bytes) {
      line.fail("more than 256 MiB of constants");
    } else if (line.accept("sha256:")) {
      const auto found = known_.find(line.letters("0123456789abcdef"));
      if (found == known_.end()) line.fail_at(column, "no constant of this digest was given");
      else if (static_cast<std::int64_t>(found->second->size()) == type.bytes()) return found->second;
    } else if (line.accept("hex:")) {
      if (!from_hex(line.letters("0123456789abcdef"), *bytes)) line.fail_at(column, "an odd number of digits");
    } else {
      const auto count = static_cast<std::size_t>(type.shape.elements());
      visit_dtype(type.dtype, [&]<class T>() { typed_elements<T>(line, count, *bytes); });
    }
    if (!line.failed() && static_cast<std::int64_t>(bytes->size()) != type.bytes())
      line.fail_at(column, "the elements do not fill the type: " + std::to_string(bytes->size()) + " bytes, expected " +
                               std::to_string(type.bytes()));
    return bytes;
  }

  template <class T>
  void typed_elements(LineReader& line, std::size_t count, Bytes& bytes) {
    std::vector<T> values;
    if (line.accept("fill ")) {
      values.assign(count, number<T>(line));
    } else if (line.accept("random ")) {
      Rng rng(number<std::uint64_t>(line));
      for (std::size_t i = 0; i < count; ++i) {
        if constexpr (std::is_floating_point_v<T>) values.push_back(static_cast<T>(rng.real(-1.0F, 1.0F)));
        else values.push_back(static_cast<T>(rng.integer(0, 3)));
      }
    } else {
      values = list<T>(line);
    }
    bytes.resize(values.size() * sizeof(T));
    if (!bytes.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
  }

  // Written by hand, the comment may be anything: then all of it names the node.
  static Locus origin(std::string_view comment) {
    LineReader line(comment, 1);
    Locus where;
    where.node = line.name_or_text();
    if (line.accept('(')) {
      where.op_type = line.name_or_text();
      line.expect(')');
    }
    if (line.accept("of ")) where.value = line.name_or_text();
    if (line.accept("in ")) where.file = line.name_or_text();
    if (line.failed() || !line.at_end()) {
      const std::size_t start = std::min(comment.find_first_not_of(' '), comment.size());
      return {.file = {}, .node = std::string(comment.substr(start)), .op_type = {}, .value = {}};
    }
    return where;
  }

  const BlobsByHash& known_;
  Graph graph_;
  bool seen_graph_ = false;
  std::unordered_map<std::string, ValueId> by_name_;
  std::int64_t constant_bytes_ = 0;
  Diagnostics problems_;
};

}  // namespace

Result<Graph> parse(std::string_view text, const BlobsByHash& known) { return Parser(known).run(text); }

}  // namespace mote
