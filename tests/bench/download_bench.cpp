// Downloads beside the `curl` command: many small files and one large one. Each side is a process of its own; ours asks
// for each task first, and writes names, types and checks that curl does not. Ours also has every file on the disk
// before it gets its name, where curl leaves that to the system for later; so curl is measured a second time with the
// disk waited for.
//
//   nginx.py download_bench [turns]
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "child.hpp"
#include "library.hpp"

namespace {

using namespace bench;
namespace fs = std::filesystem;

struct Load {
  const char* what;
  std::uint64_t files;
  const char* end;  ///< of each task id: which file it has
  const char* name;
  double bytes_each;
};

constexpr Load loads[] = {
    {"download, many small", 500, "", "small", 50e3},
    {"download, one large", 1, "LARGE", "large", 200e6},
};

/// Fetches with the library, in this process.
void fetch(const Load& load, const std::string& folder) {
  Library library(variable("FILES_URL"),
                  {{"rate_per_second", no_limit}, {"rate_burst", no_limit}, {"max_in_flight", "100"}});
  for (std::uint64_t i = 0; i < load.files; ++i) {
    library.submit(APIMALL_WORK_DOWNLOAD, i, task_id(i, load.end), folder);
  }
  for (std::uint64_t done = 0; done < load.files;) library.next([&](const apimall_event&) { ++done; });
}

void write_curl_config(const Load& load, const fs::path& folder, const fs::path& config) {
  const std::string base(variable("CLEAR_URL"));
  std::ofstream file(config);
  for (std::uint64_t i = 0; i < load.files; ++i) {
    const std::string id = task_id(i, load.end);
    file << "url = \"" << base << "/assets/" << id << "/" << load.name << ".png\"\n";
    file << "output = \"" << (folder / (id + ".png")).string() << "\"\n";
  }
}

/// Waits until everything is on the disk: for many files quicker than file by file. Gives how long that took.
double wait_for_disk(const fs::path& folder) {
  const double start = wall_s();
  const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0 || syncfs(descriptor) != 0) die("could not sync " + folder.string());
  close(descriptor);
  return wall_s() - start;
}

/// Runs one side into an empty folder and sees that everything is there.
Ran into_empty(const Load& load, const fs::path& folder, const std::vector<std::string>& command) {
  fs::remove_all(folder);
  fs::create_directories(folder);
  const Ran ran = run(command);
  double bytes = 0;
  for (const auto& entry : fs::directory_iterator(folder)) bytes += static_cast<double>(entry.file_size());
  if (bytes != load.bytes_each * static_cast<double>(load.files)) die(command[0] + " did not write every file");
  return ran;
}

void compare(const Load& load, int turns, const std::string& self) {
  const fs::path root = fs::temp_directory_path() / ("apimall-download-bench-" + std::to_string(getpid()));
  const fs::path folder = root / "files";
  const fs::path config = root / "curl.conf";
  fs::create_directories(root);
  write_curl_config(load, folder, config);
  const std::vector<std::string> command{"curl", "-sS", "--no-progress-meter", "--parallel", "--parallel-max",
                                         "50",   "-K",  config.string()};
  const double megabytes = load.bytes_each * static_cast<double>(load.files) / 1e6;
  Turns rate;
  Turns durable;
  Turns cpu;
  for (int i = 0; i < turns; ++i) {
    Ran ours;
    Ran curl;
    rate.take(
        [&] {
          ours = into_empty(load, folder, {self, load.name, folder.string()});
          return megabytes / ours.wall_s;
        },
        [&] {
          curl = into_empty(load, folder, command);
          return megabytes / curl.wall_s;
        });
    wait_for_disk(root);  // so that what the others left is nobody's
    const Ran again = into_empty(load, folder, command);
    durable.ours.push_back(rate.ours.back());
    durable.peer.push_back(megabytes / (again.wall_s + wait_for_disk(folder)));
    cpu.ours.push_back(ours.cpu_us / 1e3);
    cpu.peer.push_back(curl.cpu_us / 1e3);
  }
  fs::remove_all(root);
  Row row{.what = load.what, .work = std::to_string(load.files) + " files", .unit = "MB/s"};
  row.at_least = 0.9;
  row.compare("curl --parallel", rate).print();
  row.at_least.reset();
  row.compare("curl --parallel, then syncfs", durable).print();
  row.unit = "ms CPU";
  row.compare("curl --parallel", cpu).print();
}

}  // namespace

int main(int argc, char** argv) {
  const std::string what = argc > 1 ? argv[1] : "7";
  for (const Load& load : loads) {
    if (what != load.name) continue;
    fetch(load, argv[2]);
    return 0;
  }
  for (const Load& load : loads) compare(load, std::atoi(what.c_str()), argv[0]);
}
