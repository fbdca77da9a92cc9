#include <algorithm>
#include <filesystem>

#include "lib/data/row_source.hpp"

namespace mote {
namespace {

namespace fs = std::filesystem;

class FolderRows : public RowSource {
 public:
  struct File {
    std::string path{};
    std::int64_t first_row = 0;
  };
  FolderRows(std::vector<File> files, FitsSample fits, DType dtype, Shape shape, std::int64_t rows)
      : files_(std::move(files)), fits_(std::move(fits)), dtype_(dtype), shape_(std::move(shape)), rows_(rows) {}
  std::int64_t size() const override { return rows_; }
  DType dtype() const override { return dtype_; }
  const Shape& shape() const override { return shape_; }
  // Opens the file each time: a folder may hold more files than a process may keep open.
  Result<Tensor> row(std::int64_t index) const override {
    const auto after = std::ranges::upper_bound(files_, index, {}, &File::first_row);
    const File& file = *std::prev(after);
    MOTE_TRY(const SharedRows rows, open_npy_rows(file.path, fits_));
    if (index - file.first_row >= rows->size()) return bad_data(file.path, "has lost rows while it was being read");
    return rows->row(index - file.first_row);
  }

 private:
  std::vector<File> files_;
  FitsSample fits_;
  DType dtype_;
  Shape shape_;
  std::int64_t rows_;
};

Result<std::vector<std::string>> array_files(const std::string& folder) {
  std::vector<std::string> paths;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error))
    if (entry.path().extension() == ".npy") paths.push_back(entry.path().string());
  if (error) return bad_data(folder, "cannot be listed: " + error.message());
  if (paths.empty()) return bad_data(folder, "holds no .npy files", "one .npy per sample or batch, or one folder per input of the model");
  std::ranges::sort(paths);
  return paths;
}

}  // namespace

Result<SharedRows> open_folder_rows(const std::string& path, const FitsSample& fits) {
  MOTE_TRY(const std::vector<std::string> paths, array_files(path));
  std::vector<FolderRows::File> files;
  std::int64_t total = 0;
  std::optional<std::pair<DType, Shape>> type;
  for (const std::string& file : paths) {
    MOTE_TRY(const SharedRows rows, open_npy_rows(file, fits));
    if (!type) type.emplace(rows->dtype(), rows->shape());
    if (type->first != rows->dtype() || type->second != rows->shape())
      return bad_data(file, "holds samples of " + std::string(name_of(rows->dtype())) + " " + rows->shape().text() + ", " +
                                paths.front() + " of " + std::string(name_of(type->first)) + " " + type->second.text(),
                      "every file of a folder must hold samples of one shape and element type");
    files.push_back({file, total});
    total += rows->size();
  }
  return SharedRows(std::make_shared<FolderRows>(std::move(files), fits, type->first, type->second, total));
}

}  // namespace mote
