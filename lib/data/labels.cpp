#include "lib/data/labels.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "lib/data/classification.hpp"
#include "lib/data/csv.hpp"
#include "lib/ir/array_file.hpp"
#include "lib/support/text.hpp"

namespace mote {
namespace {

struct Table {
  std::vector<double> values{};
  std::int64_t rows = 0;
  bool whole = true;  // of an integer type, or digits only
};

Result<Table> read_numbers(const std::string& path) {
  if (path.ends_with(".csv")) {
    MOTE_TRY(const CsvTable csv, read_csv(path));
    Table table{.values = {}, .rows = static_cast<std::int64_t>(csv.rows.size())};
    for (std::size_t row = 0; row < csv.rows.size(); ++row) {
      for (const std::string& field : csv.rows[row]) {
        const auto number = number_of(field);
        if (!number) return bad_data(path, "row " + std::to_string(row) + ": '" + field + "' is no number", "labels are class numbers from 0, or the numbers to predict");
        table.whole = table.whole && *number == std::floor(*number);
        table.values.push_back(*number);
      }
    }
    return table;
  }
  MOTE_TRY(const Tensor tensor, read_npy(path));
  return Table{.values = tensor.to_reals(),
               .rows = tensor.shape.rank() == 0 ? 1 : tensor.shape[0],
               .whole = !is_float(tensor.dtype)};
}

// Where the set's first sample is in a file with this many rows, of which `range` is asked for.
Result<std::int64_t> first_row(const std::string& path, std::int64_t all_rows, const RowRange& range, const DataSet& set) {
  MOTE_TRY(const RowBounds bounds, row_bounds(range, all_rows, path));
  const std::int64_t rows = bounds.end - bounds.begin;
  if (rows == set.size()) return bounds.begin;
  if (rows == set.stored_rows()) return bounds.begin + set.first_row();
  return bad_data(path, "has " + std::to_string(rows) + " rows, the data has " + std::to_string(set.size()) + " samples" +
                            (set.stored_rows() == set.size() ? "" : " of " + std::to_string(set.stored_rows())));
}

}  // namespace

Result<Labels> read_labels(const std::string& source, const DataSet& set, Task task) {
  MOTE_TRY(const FileRows chosen, parse_file_rows(source));
  const std::string& path = chosen.file;
  MOTE_TRY(const Table table, read_numbers(path));
  MOTE_TRY(const std::int64_t first, first_row(path, table.rows, chosen.rows, set));
  const std::size_t elements = table.values.size() / static_cast<std::size_t>(std::max<std::int64_t>(1, table.rows));
  if (task == Task::automatic) task = table.whole && elements == 1 ? Task::classification : Task::regression;
  Labels labels{.task = task, .classes = {}, .values = {}, .elements = elements};
  if (task == Task::classification && elements != 1)
    return bad_data(path, std::to_string(elements) + " labels per sample, expected one class number");
  const auto begin = static_cast<std::size_t>(first) * elements;
  const std::size_t count = static_cast<std::size_t>(set.size()) * elements;
  for (std::size_t i = begin; i < begin + count; ++i) {
    const double value = table.values[i];
    const bool is_class = value >= 0 && value < static_cast<double>(most_classes) && value == std::floor(value);
    if (!std::isfinite(value) || (task == Task::classification && !is_class))
      return bad_data(path, "row " + std::to_string(i / elements) + " is " + number_text(value) +
                                (task == Task::classification ? ", expected a class number from 0 to " + std::to_string(most_classes - 1) : ", expected a finite number"));
    if (task == Task::classification)
      labels.classes.push_back(static_cast<std::int64_t>(value));
    else
      labels.values.push_back(value);
  }
  return labels;
}

Result<std::vector<Slicing>> read_slices(const std::string& source, const std::vector<std::string>& columns, const DataSet& set) {
  MOTE_TRY(const FileRows chosen, parse_file_rows(source));
  const std::string& path = chosen.file;
  MOTE_TRY(const CsvTable table, read_csv(path, CsvHeader::present));
  MOTE_TRY(const std::int64_t first, first_row(path, static_cast<std::int64_t>(table.rows.size()), chosen.rows, set));
  for (const std::string& column : columns)
    if (std::ranges::find(table.columns, column) == table.columns.end())
      return Diagnostic{.code = Code::unknown_name,
                        .message = "there is no column '" + column + "'",
                        .where = {.file = path, .node = {}, .op_type = {}, .value = {}},
                        .help = nearest(column, table.columns)};
  constexpr std::size_t most_values = 50;
  std::vector<Slicing> slicings;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    Slicing slicing{.column = table.columns[c], .values = {}};
    for (std::int64_t row = first; row < first + set.size(); ++row) slicing.values.push_back(table.rows[static_cast<std::size_t>(row)][c]);
    const std::set<std::string> different(slicing.values.begin(), slicing.values.end());
    const bool wanted = columns.empty() ? different.size() <= most_values
                                        : std::ranges::find(columns, slicing.column) != columns.end();
    if (wanted) slicings.push_back(std::move(slicing));
  }
  return slicings;
}

}  // namespace mote
