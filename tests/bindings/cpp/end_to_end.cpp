// Drives every call of the C++ header against a gateway: APIMALL_BASE_URL and APIMALL_API_KEY say where. The first
// argument is a folder to write to.
#include <apimall.hpp>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <iostream>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

using namespace std::chrono_literals;

namespace {

int failures = 0;

#define CHECK(condition) check((condition), #condition, __LINE__)

void check(bool condition, const char* text, int line) {
  if (condition) return;
  ++failures;
  std::cerr << "line " << line << ": " << text << '\n';
}

/// The error that `body` throws; a failure when it throws none.
apimall::Error error_of(const std::function<void()>& body, int line) {
  try {
    body();
  } catch (const apimall::Error& error) {
    return error;
  }
  check(false, "an error was expected", line);
  return apimall::Error(APIMALL_ERROR_INTERNAL);
}
#define ERROR_OF(...) error_of([&] { __VA_ARGS__; }, __LINE__)

const char* const request = R"({"model": "nano-banana", "prompt": "a red fox"})";
// The sandbox of the tests runs at fifty times the speed: three seconds.
const char* const slow_request = R"({"model": "nano-banana", "prompt": "a slow fox", "sandbox": {"duration": 150}})";

template <typename T>
constexpr bool moves_without_copying = std::is_nothrow_move_constructible_v<T> && !std::is_copy_constructible_v<T>;

static_assert(moves_without_copying<apimall::Client> && moves_without_copying<apimall::Poller>);
static_assert(moves_without_copying<apimall::ImageTask> && moves_without_copying<apimall::Event>);
static_assert(std::is_nothrow_copy_constructible_v<apimall::Error>, "an exception must not throw while it is copied");
static_assert(sizeof(apimall::ImageTask) == sizeof(void*), "a handle costs no more than its pointer");

apimall::Config config() {
  apimall::Config settings = apimall::Config::from_env();
  settings.set("poll_price", "10ms");
  return settings;
}

void settings_are_checked() {
  apimall::Config settings;
  const apimall::Error unknown = ERROR_OF(settings.set("colour", "red"));
  CHECK(unknown.code() == apimall::Code::invalid_setting);
  CHECK(unknown.code_name() == "invalid_setting");
  CHECK(std::string(unknown.what()).find("colour") != std::string::npos);
  CHECK(ERROR_OF(settings.set("max_in_flight", "0")).code() == apimall::Code::invalid_setting);
  CHECK(ERROR_OF(apimall::Client{settings}).code() == apimall::Code::invalid_setting);  // there is no key
}

void a_task_is_started_waited_for_and_downloaded(const apimall::Client& client, const std::string& folder) {
  const apimall::Generation started = client.generate(request);
  CHECK(!started.task_id().empty());
  CHECK(started.credits_used().has_value() && started.remaining_credits().has_value());
  CHECK(started.json().find(started.task_id()) != std::string_view::npos);

  const apimall::ImageTask task = client.wait(started.task_id(), {30s});
  CHECK(task.id() == started.task_id());
  CHECK(task.status() == apimall::Status::completed && task.is_final());
  CHECK(task.status_text() == "completed");
  CHECK(!task.error_message());
  CHECK(task.created().has_value() && task.completed().has_value() && *task.created() <= *task.completed());
  CHECK(!task.result_urls().empty() && task.result_urls().front().substr(0, 4) == "http");

  const apimall::ImageTask again = apimall::ImageTask::parse(task.json());
  CHECK(again.id() == task.id() && again.result_urls() == task.result_urls());

  const apimall::Download files = client.download(task, folder);
  CHECK(files.task_id() == task.id() && files.size() == task.result_urls().size());
  CHECK(files[0].bytes > 0 && files.total_bytes() >= files[0].bytes);
  CHECK(std::filesystem::file_size(std::string(files[0].path)) == files[0].bytes);
  CHECK(files[files.size()].path.empty());

  const apimall::History page = client.history(1, 5);
  CHECK(page.page() == 1 && page.size() >= 1 && page[0].id() == task.id());
  CHECK(page[0].status() == apimall::Status::completed);
  CHECK(client.balances().credits().has_value());
}

void a_deadline_keeps_the_last_snapshot(const apimall::Client& client) {
  const apimall::Generation started = client.generate(slow_request);
  const apimall::Error error = ERROR_OF(client.wait(started.task_id(), {1s}));
  CHECK(error.code() == apimall::Code::deadline);
  CHECK(error.task_id() == started.task_id());
  const apimall::Error copy = error;
  CHECK(copy.last_task() != nullptr && copy.last_task()->id() == started.task_id() && !copy.last_task()->is_final());
  CHECK(client.wait(started.task_id(), {30s}).is_final());
}

void a_refusal_carries_every_field(const apimall::Client& client) {
  const apimall::Error error = ERROR_OF(client.get("img_00000000000000000000000000"));
  CHECK(error.code() == apimall::Code::not_found && error.http_status() == 404);
  CHECK(error.gateway_code() == "not_found" && !error.retryable() && !error.retry_after());
  CHECK(error.request_id().has_value() && error.task_id() == "img_00000000000000000000000000");
  CHECK(error.last_task() == nullptr);
  CHECK(ERROR_OF(client.get("history")).code() == apimall::Code::invalid_argument);
  CHECK(ERROR_OF(client.get("")).code() == apimall::Code::invalid_argument);
  CHECK(ERROR_OF(client.get("img_x", {-5ms})).code() == apimall::Code::invalid_argument);
}

std::vector<apimall::Event> read_all(apimall::Poller& poller, std::size_t finals) {
  std::vector<apimall::Event> all;
  std::vector<apimall::Event> some;
  while (finals > 0 && poller.next(some, 30s, 3) && !some.empty()) {
    for (apimall::Event& event : some) {
      finals -= event.is_final() ? 1 : 0;
      all.push_back(std::move(event));
    }
  }
  CHECK(finals == 0);
  return all;
}

void a_poller_gives_one_final_event_for_each_submission(const apimall::Client& client, const std::string& folder) {
  std::atomic<int> notified{0};
  apimall::Poller poller(client);
  poller.set_notify([&notified] { ++notified; });
  CHECK(poller.native_handle() >= 0 && poller.native_handle() == poller.native_handle());

  poller.submit_generate(1, request);
  std::vector<apimall::Event> events = read_all(poller, 1);
  CHECK(events.size() == 1 && events[0].token == 1 && events[0].kind == apimall::Work::generate);
  // The event may be read before the I/O thread has come to tell of it.
  for (int i = 0; i < 1000 && notified == 0; ++i) std::this_thread::sleep_for(10ms);
  CHECK(notified > 0);
  const std::string id(events[0].generation.task_id());

  apimall::SubmitOptions told;
  told.flags = apimall::flag::progress;
  poller.submit_wait(2, id, told);
  poller.submit_history(3);
  poller.submit_balances(4);
  poller.submit_get(5, "img_00000000000000000000000000");
  events = read_all(poller, 4);
  for (std::uint64_t token = 2; token <= 5; ++token) {
    CHECK(std::count_if(events.begin(), events.end(),
                        [&](const apimall::Event& e) { return e.is_final() && e.token == token; }) == 1);
  }
  for (apimall::Event& event : events) {
    if (event.token == 5) {
      CHECK(ERROR_OF(event.throw_if_failed()).code() == apimall::Code::not_found);
      continue;
    }
    event.throw_if_failed();
    if (event.token != 2 || !event.is_final()) continue;
    CHECK(event.task.is_final());
    poller.submit_download(6, event.task, folder);
  }
  events = read_all(poller, 1);
  CHECK(events.size() == 1 && events[0].download.size() > 0);

  const apimall::Generation slow = client.generate(slow_request);
  poller.submit_wait(7, slow.task_id());
  poller.cancel(7);
  poller.cancel(7000);  // not outstanding, and no error
  events = read_all(poller, 1);
  CHECK(events.size() == 1 && (events[0].code == apimall::Code::cancelled || events[0].task.is_final()));

  CHECK(poller.next(events, 0ms) && events.empty());
  std::thread waker([&poller] { poller.wakeup(); });
  CHECK(poller.next(events, 30s) && events.empty());
  waker.join();

  poller.submit_wait(8, slow.task_id(), {{apimall::no_timeout, apimall::Priority::batch}, 0});
  poller.close();
  CHECK(poller.next(events, 30s) && events.size() == 1 && events[0].token == 8);
  CHECK(!poller.next(events, 30s));
}

void handles_can_be_given_away_and_taken_over() {
  apimall::Client client(config());
  client.set_log([](apimall::LogLevel, std::string_view) {});
  apimall_client* raw = client.release();
  CHECK(raw != nullptr && !client && client.get() == nullptr);
  apimall::Client adopted(raw);
  apimall::Poller poller(adopted);
  apimall::Poller moved(std::move(poller));
  CHECK(!poller && moved);
  adopted = apimall::Client(config());  // frees the former, whose poller is still here
  std::vector<apimall::Event> events;
  CHECK(!moved.next(events, 30s));
  CHECK(adopted.balances().credits().has_value());
  adopted.close();
  CHECK(ERROR_OF(adopted.balances()).code() == apimall::Code::closed);
}

void log_lines_arrive() {
  std::atomic<int> lines{0};
  // Nobody listens there, which is worth a line.
  apimall::Client client(
      config().set("log_level", "debug").set("base_url", "http://127.0.0.1:1").set("retry_timeout", "0s"));
  client.set_log([&lines](apimall::LogLevel, std::string_view line) {
    ++lines;
    if (line.empty()) std::abort();
    throw 1;  // is dropped
  });
  CHECK(ERROR_OF(client.balances()).code() == apimall::Code::connection_failed);
  for (int i = 0; i < 200 && lines == 0; ++i) std::this_thread::sleep_for(10ms);
  CHECK(lines > 0);
  CHECK(client.stats().requests >= 1);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string folder = argc > 1 ? argv[1] : ".";
  try {
    const apimall::Client client(config());
    settings_are_checked();
    a_task_is_started_waited_for_and_downloaded(client, folder + "/blocking");
    a_deadline_keeps_the_last_snapshot(client);
    a_refusal_carries_every_field(client);
    a_poller_gives_one_final_event_for_each_submission(client, folder + "/polled");
    handles_can_be_given_away_and_taken_over();
    log_lines_arrive();
  } catch (const std::exception& error) {
    std::cerr << "not expected: " << error.what() << '\n';
    return 1;
  }
  if (failures == 0) std::cout << "all is well\n";
  return failures == 0 ? 0 : 1;
}
