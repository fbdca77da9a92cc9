#include "lib/data/data_set.hpp"

#include <algorithm>
#include <filesystem>

namespace mote {
namespace {

namespace fs = std::filesystem;

Diagnostic usage(std::string message, std::string help) {
  return {.code = Code::usage, .message = std::move(message), .help = {std::move(help)}};
}

std::string input_list(const Graph& graph) {
  std::string list;
  for (const ValueId id : graph.inputs) list += (list.empty() ? "" : ", ") + graph.at(id).name;
  return list;
}

// One source as written, taken apart.
struct Source {
  std::string input{}, file{};
  RowRange rows{};
};

Result<Source> parse_source(const std::string& text, const Graph& graph) {
  MOTE_TRY(FileRows parsed, parse_file_rows(text));
  Source source{.input = {}, .file = std::move(parsed.file), .rows = parsed.rows};
  // Only a model's input in front of '=' is a name: paths may contain '=' as well.
  for (const ValueId id : graph.inputs) {
    const std::string& name = graph.at(id).name;
    if (!source.file.starts_with(name + "=")) continue;
    source.input = name;
    source.file.erase(0, name.size() + 1);
    return source;
  }
  const std::size_t equals = source.file.find('=');
  std::error_code ignored;
  if (equals != std::string::npos && !fs::exists(source.file, ignored))
    return Diagnostic{.code = Code::unknown_name,
                      .message = "the model has no input '" + source.file.substr(0, equals) + "'",
                      .help = {"its inputs are: " + input_list(graph)}};
  return source;
}

Result<SharedRows> open_rows(const std::string& file, const std::string& input, const FitsSample& fits) {
  std::error_code ignored;
  if (fs::is_directory(file, ignored)) return open_folder_rows(file, fits);
  if (file.ends_with(".csv")) return open_csv_rows(file);
  if (!file.ends_with(".npz")) return open_npy_rows(file, fits);
  MOTE_TRY(SharedBytes member, open_npz_member(file, input));
  return open_npy_rows(std::move(member), file + ":" + input, fits);
}

// Files that hold several inputs under their names.
Result<std::vector<Source>> with_members(const Source& source, const Graph& graph) {
  std::vector<Source> members;
  const bool archive = source.file.ends_with(".npz");
  std::vector<std::string> names;
  if (archive) {
    MOTE_TRY(names, npz_names(source.file));
  }
  std::error_code ignored;
  for (const ValueId id : graph.inputs) {
    const std::string& name = graph.at(id).name;
    if (archive && std::ranges::find(names, name) != names.end()) members.push_back({name, source.file, source.rows});
    const fs::path folder = fs::path(source.file) / name;
    if (!archive && fs::is_directory(folder, ignored)) members.push_back({name, folder.string(), source.rows});
  }
  if (members.empty() && archive)
    return bad_data(source.file, "no member is named like an input of the model",
                    "the inputs are: " + input_list(graph) + "; write it with numpy.savez(path, name=array, …)");
  return members;
}

Result<std::vector<Source>> sources_of(const DataSpec& spec, const Graph& graph) {
  std::vector<Source> all;
  for (const std::string& text : spec.sources) {
    MOTE_TRY(Source source, parse_source(text, graph));
    if (source.input.empty()) {
      std::error_code ignored;
      std::vector<Source> members;
      if (source.file.ends_with(".npz") || fs::is_directory(source.file, ignored)) {
        MOTE_TRY(members, with_members(source, graph));
      }
      if (!members.empty()) {
        all.insert(all.end(), members.begin(), members.end());
        continue;
      }
      if (graph.inputs.size() != 1)
        return usage("the model has " + std::to_string(graph.inputs.size()) + " inputs (" + input_list(graph) + "), '" + text +
                         "' names none",
                     "write name=file once per input, or give a .npz with a member per input");
      source.input = graph.at(graph.inputs[0]).name;
    }
    all.push_back(std::move(source));
  }
  return all;
}

// What check_preprocess and preprocessed cannot know.
Diagnostics located(Diagnostics problems, const DataSet::Input& input, const std::string& place) {
  for (Diagnostic& problem : problems) {
    problem.where = {.file = input.file, .node = {}, .op_type = {}, .value = input.name};
    problem.message = place + problem.message;
  }
  return problems;
}

// `rows`: how many samples the source offers.
Result<DataSet::Input> open_input(const Value& value, const Source& source, const DataSpec& spec, std::int64_t& rows) {
  DataSet::Input input{.name = value.name, .type = value.type, .file = source.file, .offset = 0, .rows = {}, .preprocess = {}};
  if (const auto found = spec.preprocess.find(value.name); found != spec.preprocess.end()) input.preprocess = found->second;
  const FitsSample fits = [&type = value.type, how = input.preprocess](const Shape& shape) {
    Preprocess layout_only{.scale = {}, .mean = {}, .layout = how.layout, .given = true};
    return static_cast<bool>(check_preprocess(type.dtype, shape, false, type, layout_only));
  };
  MOTE_TRY(input.rows, open_rows(source.file, source.input, fits));
  MOTE_TRY(const RowBounds bounds, row_bounds(source.rows, input.rows->size(), source.file));
  input.offset = bounds.begin;
  rows = bounds.end - bounds.begin;
  if (auto status = check_preprocess(input.rows->dtype(), input.rows->shape(), input.rows->is_text(), input.type, input.preprocess); !status)
    return located(std::move(status.errors()), input, "");
  return input;
}

}  // namespace

Result<DataSet> DataSet::open(const DataSpec& spec, const Graph& graph) {
  MOTE_TRY(const std::vector<Source> sources, sources_of(spec, graph));
  DataSet set;
  for (const ValueId id : graph.inputs) {
    const Value& value = graph.at(id);
    const auto found = std::ranges::find(sources, value.name, &Source::input);
    if (found == sources.end())
      return usage("no data for input '" + value.name + "' (" + std::string(name_of(value.type.dtype)) + " " +
                       value.type.shape.text() + ")",
                   "give " + value.name + "=file.npy, or a .npz with a member of that name");
    std::int64_t rows = 0;
    MOTE_TRY(Input input, open_input(value, *found, spec, rows));
    if (!set.inputs_.empty() && rows != set.stored_)
      return bad_data(input.file, "holds " + std::to_string(rows) + " samples, " + set.inputs_.front().file + " holds " +
                                      std::to_string(set.stored_));
    set.stored_ = rows;
    set.inputs_.push_back(std::move(input));
  }
  if (set.inputs_.empty()) return usage("the model has no inputs", "it needs no data");
  MOTE_TRY(const RowBounds bounds, row_bounds(spec.rows, set.stored_, set.inputs_.front().file));
  set.begin_ = bounds.begin;
  set.end_ = bounds.end;
  return set;
}

Result<std::vector<Tensor>> DataSet::sample(std::int64_t row) const {
  MOTE_CHECK(row >= 0 && row < size());
  std::vector<Tensor> tensors;
  for (const Input& input : inputs_) {
    const std::int64_t stored = begin_ + row + input.offset;
    MOTE_TRY(const Tensor raw, input.rows->row(stored));
    auto tensor = preprocessed(raw, input.rows->is_text(), input.type, input.preprocess);
    if (!tensor) return located(std::move(tensor.errors()), input, "row " + std::to_string(stored) + ": ");
    tensors.push_back(*std::move(tensor));
  }
  return tensors;
}

}  // namespace mote
