// What was learned of the models' durations, kept in a file from process to process, so that a new one does not start
// cold. The file is worth no more than that: whatever is wrong with it is logged, and the work goes on.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "model/log.hpp"

namespace apimall {

class LearnedFile {
 public:
  /// An empty path: nothing is read or written.
  LearnedFile(std::string path, Log& log) : path_(std::move(path)), log_(log) {}

  bool is_used() const { return !path_.empty(); }

  /// What an earlier process left; nothing if there is no such file.
  std::optional<std::string> read() const;

  /// Replaces the file at once: a reader finds the old bytes or the new ones. Of processes that write at the same time
  /// one wins.
  void write(std::string_view bytes) const;

  /// The bytes read are not what any version wrote.
  void refuse() const;

 private:
  void complain(std::string_view doing, std::string_view why) const;

  std::string path_;
  Log& log_;
};

}  // namespace apimall
