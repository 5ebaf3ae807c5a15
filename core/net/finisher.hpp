// The threads that wait for the disk, so that the I/O thread never does.
//
// Several, because a disk is waited for and not worked with: the file system writes what many wait for at once with the
// journal and the device's cache flushed about as often as for one. A folder, which is written after each of its files
// has its name, is waited for by one thread at a time, for all that were named meanwhile.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "net/asset_file.hpp"
#include "net/transport.hpp"

namespace apimall::net {

class Finisher {
 public:
  struct Job {
    std::uint64_t ticket = 0;
    AssetFile file;
    std::string url;
    std::string content_type;
  };
  struct Outcome {
    std::uint64_t ticket = 0;
    std::variant<Fetched, Failure> result;
  };

  /// `finished` is called from the finisher's threads when jobs have ended, and must not block.
  explicit Finisher(std::function<void()> finished) : finished_(std::move(finished)) {}
  ~Finisher() { stop(); }
  Finisher(const Finisher&) = delete;
  Finisher& operator=(const Finisher&) = delete;

  /// Threads start with the jobs that find none idle.
  void add(Job job);
  /// Ends what was begun (a file that has all its bytes also gets its name), and then the threads.
  void stop();
  /// What has finished since the last call.
  std::vector<Outcome> take();

 private:
  void work();
  void start_thread();
  std::vector<Job> take_share();
  void sync_folders(std::unique_lock<std::mutex>& lock);

  /// A job of which all is done but for the folder.
  struct Named {
    Outcome outcome;
    std::filesystem::path folder;
  };
  static std::vector<Named> finish(std::vector<Job> batch);

  const std::function<void()> finished_;
  std::mutex mutex_;
  std::condition_variable more_;
  std::deque<Job> jobs_;
  std::vector<Named> named_;
  std::vector<Outcome> outcomes_;
  bool closing_ = false;
  bool syncing_folders_ = false;
  std::size_t idle_ = 0;
  std::vector<std::thread> threads_;
};

}  // namespace apimall::net
