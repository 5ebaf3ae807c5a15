// What a client has learned outlives it, in the file that its settings name.
#include <fstream>
#include <iterator>

#include "border.hpp"

using namespace apimall::test;

namespace {

const std::string id = "img_01HQ9M7XJQ7PZ3GQ9F6C5W3N2M";

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write(const std::string& path, const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }

/// Waits for one task with a client that lives no longer, and gives what it logged.
std::string wait_once(const std::string& url, const std::string& learned_file) {
  std::string log;
  TestClient client(url, {"learned_file=" + learned_file});
  const auto keep = [](void* data, int32_t, const char* message, size_t size) {
    static_cast<std::string*>(data)->append(message, size);
  };
  REQUIRE(apimall_client_set_log(client, keep, &log) == APIMALL_OK);
  apimall_image_task* task = nullptr;
  CHECK(apimall_wait_image_task(client, id.data(), id.size(), nullptr, &task, nullptr) == APIMALL_OK);
  apimall_image_task_free(task);
  client.free();
  return log;
}

struct Fixture {
  TemporaryFolder folder;
  std::string path = folder / "learned";
  ScriptedServer gateway{
      [](const Seen& seen, Peer& peer) { peer.answer(200, "", task_json(id_of(seen), "completed")); }};
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "what one client has learned the next one builds on") {
  CHECK(wait_once(gateway.url(), path).empty());
  const std::string first = bytes_of(path);
  CHECK(first.find("nano-banana") != std::string::npos);
  CHECK(wait_once(gateway.url(), path).empty());
  CHECK(bytes_of(path) != first);  // two tasks' worth by now
  CHECK(folder.names() == std::vector<std::string>{"learned"});
}

TEST_CASE_FIXTURE(Fixture, "a client that asked nothing leaves the file alone") {
  write(path, "as it was");
  {
    const TestClient client(gateway.url(), {"learned_file=" + path});
  }
  CHECK(bytes_of(path) == "as it was");
}

TEST_CASE_FIXTURE(Fixture, "rubbish in the file is told, stops nothing, and is replaced") {
  write(path, "rubbish");
  const std::string log = wait_once(gateway.url(), path);
  CHECK(log.find(path) != std::string::npos);
  CHECK(log.find("not what this library writes") != std::string::npos);
  CHECK(bytes_of(path).find("nano-banana") != std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "a file that cannot be written is told and stops nothing") {
  const std::string nowhere = folder / "no/such/folder/learned";
  CHECK(wait_once(gateway.url(), nowhere).find("could not write " + nowhere) != std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "without the setting nothing is written") {
  CHECK(wait_once(gateway.url(), "none").empty());
  CHECK(folder.names().empty());
}

TEST_CASE_FIXTURE(Fixture, "what a killed process left half written is overwritten") {
  write(path + ".part", std::string(100'000, 'x'));
  CHECK(wait_once(gateway.url(), path).empty());
  CHECK(bytes_of(path).size() < 10'000);
  CHECK(folder.names() == std::vector<std::string>{"learned"});
}
