// Log lines reach the caller on a thread of their own, and never hold up the one that writes.
#include <doctest/doctest.h>

#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include "client/log_relay.hpp"

using namespace apimall;

namespace {

struct Reader {
  std::mutex mutex;
  std::condition_variable changed;
  bool may_go_on = true;
  std::vector<std::string> lines;
  std::thread::id thread;

  static void receive(void* self_data, std::int32_t level, const char* text, std::size_t size) {
    auto& self = *static_cast<Reader*>(self_data);
    std::unique_lock lock(self.mutex);
    self.changed.wait(lock, [&] { return self.may_go_on; });
    self.thread = std::this_thread::get_id();
    self.lines.push_back(std::to_string(level) + " " + std::string(text, size));
  }
};

}  // namespace

TEST_CASE("lines of the level asked for are delivered, in order, on another thread") {
  LogRelay relay(LogLevel::warning);
  Reader reader;
  relay.line(LogLevel::error, "nobody listens yet");
  relay.set_receiver(&Reader::receive, &reader);
  relay.line(LogLevel::warning, "first");
  relay.line(LogLevel::info, "too quiet");
  relay.line(LogLevel::error, "second");
  relay.set_receiver(nullptr, nullptr);  // delivers what waits
  CHECK(reader.lines == std::vector<std::string>{"2 first", "1 second"});
  CHECK(reader.thread != std::this_thread::get_id());
}

TEST_CASE("a receiver that hangs costs lines, which are counted, and no time") {
  LogRelay relay(LogLevel::debug);
  Reader reader;
  reader.may_go_on = false;
  relay.set_receiver(&Reader::receive, &reader);
  for (int i = 0; i < 3000; ++i) relay.line(LogLevel::debug, "line");
  CHECK(relay.dropped() >= 1900);
  {
    const std::lock_guard lock(reader.mutex);
    reader.may_go_on = true;
  }
  reader.changed.notify_all();
  relay.set_receiver(nullptr, nullptr);
  CHECK(reader.lines.size() + relay.dropped() == 3000);
}
