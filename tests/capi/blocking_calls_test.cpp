// The calls that block, through the C border, against a gateway that does what each test says.
#include <atomic>
#include <chrono>
#include <thread>

#include "border.hpp"

using namespace apimall::test;

namespace {

const std::string id = "img_01HQ9M7XJQ7PZ3GQ9F6C5W3N2M";

struct Outcome {
  int32_t code;
  int32_t status = -1;
  Problem problem{nullptr};
};

template <typename Call>
Outcome observe(Call call, apimall_client* client, const std::string& task_id,
                const apimall_options* options = nullptr) {
  apimall_image_task* task = nullptr;
  apimall_error* error = nullptr;
  Outcome outcome{call(client, task_id.data(), task_id.size(), options, &task, &error)};
  if (task != nullptr) {
    auto fields = sized<apimall_image_task_fields>();
    CHECK(apimall_image_task_view(task, &fields) == APIMALL_OK);
    outcome.status = fields.status;
    apimall_image_task_free(task);
  }
  outcome.problem = Problem(error);
  CHECK(outcome.problem.code == outcome.code);
  return outcome;
}

}  // namespace

TEST_CASE("a wait goes through a storm of faults and ends with the task") {
  using Clock = std::chrono::steady_clock;
  std::atomic<int> turn{0};
  std::array<Clock::time_point, 8> came{};
  ScriptedServer gateway([&](const Seen& seen, Peer& peer) {
    came[static_cast<size_t>(turn.load()) % came.size()] = Clock::now();
    switch (turn++) {
      case 0:
        return peer.answer(429, "Retry-After: 1\r\n", "{}");
      case 1:
        return peer.answer(429, "Date: Thu, 12 Mar 2026 09:30:00 GMT\r\nRetry-After: Thu, 12 Mar 2026 09:30:01 GMT\r\n",
                           "{}");
      case 2:
        return peer.answer(500, "", "{}");
      case 3:
        return peer.answer(502, "Content-Type: text/html\r\n", "<html>Bad gateway</html>");
      case 4:
        return peer.answer(503, "", "");
      case 5:
        return peer.reset();
      case 6:
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"success\":tr");
        return peer.close();
      default:
        return peer.answer(200, "", task_json(id_of(seen), "completed"));
    }
  });
  const TestClient client(gateway.url());
  const Outcome outcome = observe(apimall_wait_image_task, client, id);
  CHECK(outcome.code == APIMALL_OK);
  CHECK(outcome.status == APIMALL_STATUS_COMPLETED);
  REQUIRE(turn == 8);
  // Never sooner than the gateway asked, in seconds and as a date; and never at once.
  CHECK(came[1] - came[0] >= std::chrono::seconds(1));
  CHECK(came[2] - came[1] >= std::chrono::seconds(1));
  for (size_t i = 3; i < came.size(); ++i) {
    if (i == 6) continue;  // a GET on a reused connection that the other side breaks is sent once more at once
    CHECK(came[i] - came[i - 1] >= std::chrono::milliseconds(50));
  }
}

TEST_CASE("a wait on a task that never ends stops at its deadline, with the id and the last snapshot") {
  ScriptedServer gateway(
      [](const Seen& seen, Peer& peer) { peer.answer(200, "", task_json(id_of(seen), "processing")); });
  const TestClient client(gateway.url());
  auto options = sized<apimall_options>();
  options.timeout_ms = 700;
  const Outcome outcome = observe(apimall_wait_image_task, client, id, &options);
  CHECK(outcome.code == APIMALL_ERROR_DEADLINE);
  CHECK(outcome.problem.task_id == id);
  CHECK(outcome.status == APIMALL_STATUS_PROCESSING);
  CHECK(outcome.problem.retryable);
}

TEST_CASE("each refusal of the gateway has its code, and brings the request id along") {
  for (const auto& [status, code] : {std::pair{400, APIMALL_ERROR_INVALID_REQUEST},
                                     {401, APIMALL_ERROR_UNAUTHORIZED},
                                     {402, APIMALL_ERROR_INSUFFICIENT_CREDITS},
                                     {403, APIMALL_ERROR_FORBIDDEN},
                                     {404, APIMALL_ERROR_NOT_FOUND},
                                     {409, APIMALL_ERROR_CONFLICT},
                                     {422, APIMALL_ERROR_INVALID_REQUEST},
                                     {302, APIMALL_ERROR_PROTOCOL}}) {
    CAPTURE(status);
    ScriptedServer gateway([answered = status](const Seen&, Peer& peer) {
      peer.answer(answered, "Location: https://elsewhere.example/\r\n",
                  R"({"success":false,"error":{"code":"some_code","message":"No."},"request_id":"req_7"})");
    });
    const TestClient client(gateway.url());
    const Outcome outcome = observe(apimall_get_image_task, client, id);
    CHECK(outcome.code == code);
    CHECK(outcome.problem.http_status == status);
    CHECK(outcome.problem.task_id == id);
    if (status >= 400) CHECK(outcome.problem.request_id == "req_7");
  }
}

TEST_CASE("a gateway that nobody runs is told by address, and nothing is lost") {
  const TestClient client("http://127.0.0.1:" + std::to_string(closed_port()), {"retry_timeout=0s"});
  const Outcome outcome = observe(apimall_get_image_task, client, id);
  CHECK(outcome.code == APIMALL_ERROR_CONNECTION_FAILED);
  CHECK(outcome.problem.message.find("127.0.0.1") != std::string::npos);
  CHECK(outcome.problem.task_id == id);
  CHECK(outcome.problem.retryable);
}

TEST_CASE("a gateway that dies in the middle of a wait ends it at its deadline, with the last snapshot") {
  auto gateway = std::make_unique<ScriptedServer>(
      [](const Seen& seen, Peer& peer) { peer.answer(200, "", task_json(id_of(seen), "processing")); });
  const TestClient client(gateway->url());
  std::thread reaper([&] {
    while (gateway->seen().empty()) std::this_thread::yield();
    gateway.reset();
  });
  auto options = sized<apimall_options>();
  options.timeout_ms = 1500;
  const Outcome outcome = observe(apimall_wait_image_task, client, id, &options);
  reaper.join();
  CHECK(outcome.code == APIMALL_ERROR_DEADLINE);
  CHECK(outcome.problem.task_id == id);
}

TEST_CASE("bad arguments are refused before anything is sent, each with its reason") {
  ScriptedServer gateway([](const Seen&, Peer& peer) { peer.answer(200, "", "{}"); });
  const TestClient client(gateway.url());
  for (const std::string& bad :
       {std::string(), std::string("history"), std::string("generate"), std::string("."), std::string(".."),
        std::string(257, 'x'), std::string("a\nb"), std::string("a\0b", 3)}) {
    const Outcome outcome = observe(apimall_get_image_task, client, bad);
    CHECK(outcome.code == APIMALL_ERROR_INVALID_ARGUMENT);
    CHECK_FALSE(outcome.problem.message.empty());
  }
  CHECK(apimall_get_image_task(nullptr, "x", 1, nullptr, nullptr, nullptr) == APIMALL_ERROR_INVALID_ARGUMENT);
  apimall_image_task* task = nullptr;
  CHECK(apimall_get_image_task(nullptr, "x", 1, nullptr, &task, nullptr) == APIMALL_ERROR_INVALID_ARGUMENT);
  CHECK(apimall_get_image_task(client, nullptr, 5, nullptr, &task, nullptr) == APIMALL_ERROR_INVALID_ARGUMENT);
  apimall_generation* generation = nullptr;
  for (const char* body :
       {"", "[]", "{}", R"({"model":"m"})", R"({"model":1,"prompt":"x"})", "{\"model\":\"m\",\"prompt\":\"x\""}) {
    CHECK(apimall_generate_image(client, body, APIMALL_STRLEN, nullptr, &generation, nullptr) ==
          APIMALL_ERROR_INVALID_ARGUMENT);
  }
  apimall_image_history* history = nullptr;
  for (const auto& [page, size] : {std::pair{0, 20}, {1, 0}, {1, 51}, {-1, 20}}) {
    CHECK(apimall_list_image_history(client, page, size, nullptr, &history, nullptr) == APIMALL_ERROR_INVALID_ARGUMENT);
  }
  auto options = sized<apimall_options>();
  options.timeout_ms = -2;
  CHECK(observe(apimall_get_image_task, client, id, &options).code == APIMALL_ERROR_INVALID_ARGUMENT);
  CHECK(gateway.seen().empty());
}

TEST_CASE("structs of another version are read by their size") {
  ScriptedServer gateway(
      [](const Seen& seen, Peer& peer) { peer.answer(200, "", task_json(id_of(seen), "completed")); });
  const TestClient client(gateway.url());
  struct Longer {
    apimall_options known;
    uint64_t unknown;
  } longer{sized<apimall_options>(), 0};
  longer.known.size = static_cast<uint32_t>(sizeof longer);
  CHECK(observe(apimall_get_image_task, client, id, &longer.known).code == APIMALL_OK);
  longer.unknown = 1;
  CHECK(observe(apimall_get_image_task, client, id, &longer.known).code == APIMALL_ERROR_INVALID_ARGUMENT);
  auto shorter = sized<apimall_options>();
  shorter.size = offsetof(apimall_options, timeout_ms);
  shorter.timeout_ms = -77;  // beyond what the caller says it knows
  CHECK(observe(apimall_get_image_task, client, id, &shorter).code == APIMALL_OK);
  shorter.size = 0;
  CHECK(observe(apimall_get_image_task, client, id, &shorter).code == APIMALL_ERROR_INVALID_ARGUMENT);

  apimall_image_task* task = nullptr;
  const std::string json = task_json(id, "completed");
  REQUIRE(apimall_parse_image_task(json.data(), json.size(), &task, nullptr) == APIMALL_OK);
  auto fields = sized<apimall_image_task_fields>();
  std::memset(&fields, 0x5a, sizeof fields);
  fields.size = offsetof(apimall_image_task_fields, credits_refunded);
  CHECK(apimall_image_task_view(task, &fields) == APIMALL_OK);
  CHECK(fields.credits_used == 8);
  CHECK(fields.credits_refunded == 0x5a5a5a5a5a5a5a5a);
  apimall_image_task_free(task);
}

TEST_CASE("requests go where they should, with the key, and downloads without it") {
  ScriptedServer cdn(
      [](const Seen&, Peer& peer) { peer.answer(200, "Content-Type: image/png\r\n", "\x89PNG\r\n\x1a\n and so on"); });
  ScriptedServer gateway([&](const Seen& seen, Peer& peer) {
    peer.answer(200, "", task_json(id_of(seen), "completed", cdn.url() + "/a.png"));
  });
  const TestClient client(gateway.url());
  const TemporaryFolder folder;
  apimall_download* download = nullptr;
  apimall_error* error = nullptr;
  const int32_t code = apimall_download_image_task(client, id.data(), id.size(), nullptr, folder.text().c_str(),
                                                   APIMALL_STRLEN, nullptr, &download, &error);
  REQUIRE_MESSAGE(code == APIMALL_OK, Problem(error).message);
  auto file = sized<apimall_download_file_fields>();
  REQUIRE(apimall_download_file(download, 0, &file) == APIMALL_OK);
  CHECK(text(file.path, file.path_len) == folder / (id + ".png"));
  CHECK(text(file.media_type, file.media_type_len) == "image/png");
  apimall_download_free(download);

  REQUIRE(gateway.seen().size() == 1);
  CHECK(gateway.seen()[0].target() == "/api/v1/images/" + id);
  CHECK(gateway.seen()[0].has(std::string("Authorization: Bearer ") + test_key));
  REQUIRE(cdn.seen().size() == 1);
  CHECK_FALSE(cdn.seen()[0].has("sk-"));
  CHECK_FALSE(cdn.seen()[0].has("uthorization"));
}

TEST_CASE("the key does not follow a redirect") {
  ScriptedServer elsewhere([](const Seen&, Peer& peer) { peer.answer(200, "", "{}"); });
  ScriptedServer gateway(
      [&](const Seen&, Peer& peer) { peer.answer(302, "Location: " + elsewhere.url() + "/\r\n", ""); });
  const TestClient client(gateway.url());
  CHECK(observe(apimall_get_image_task, client, id).code == APIMALL_ERROR_PROTOCOL);
  CHECK(elsewhere.seen().empty());
}

TEST_CASE("many threads share one client") {
  ScriptedServer gateway(
      [](const Seen& seen, Peer& peer) { peer.answer(200, "", task_json(id_of(seen), "completed")); });
  const TestClient client(gateway.url());
  std::vector<std::thread> threads;
  std::atomic<int> good{0};
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      for (int k = 0; k < 10; ++k) {
        apimall_image_task* task = nullptr;
        const std::string mine = "img_" + std::to_string(i) + "_" + std::to_string(k);
        if (apimall_wait_image_task(client, mine.data(), mine.size(), nullptr, &task, nullptr) == APIMALL_OK) ++good;
        apimall_image_task_free(task);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(good == 80);
}

TEST_CASE("the log tells what happens and never the key") {
  ScriptedServer gateway([](const Seen&, Peer& peer) { peer.reset(); });
  std::string log;
  {
    const TestClient client(gateway.url(), {"log_level=debug", "retry_timeout=1s"});
    REQUIRE(apimall_client_set_log(
                client,
                [](void* data, int32_t, const char* message, size_t size) {
                  static_cast<std::string*>(data)->append(message, size);
                },
                &log) == APIMALL_OK);
    CHECK(observe(apimall_get_image_task, client, id).code == APIMALL_ERROR_CONNECTION_FAILED);
    REQUIRE(apimall_client_set_log(client, nullptr, nullptr) == APIMALL_OK);
  }
  CHECK(log.find("failed") != std::string::npos);
  CHECK(log.find(test_key) == std::string::npos);
}

TEST_CASE("what was overcome on the way is told at level info, and not above") {
  for (const bool info : {true, false}) {
    std::atomic<int> turn{0};
    ScriptedServer gateway([&](const Seen&, Peer& peer) {
      switch (turn++) {
        case 0:
          return peer.answer(429, "Retry-After: 1\r\n", "");
        case 1:
          return peer.answer(200, "", "<html>Please log in</html>");
        default:
          return peer.answer(200, "", task_json(id, "completed"));
      }
    });
    std::string log;
    TestClient client(gateway.url(), {info ? "log_level=info" : "log_level=warning"});
    const auto append = [](void* data, int32_t, const char* message, size_t size) {
      static_cast<std::string*>(data)->append(message, size);
    };
    REQUIRE(apimall_client_set_log(client, append, &log) == APIMALL_OK);
    CHECK(observe(apimall_wait_image_task, client, id).code == APIMALL_OK);
    client.free();
    CHECK((log.find("nothing is sent for 1000 ms") != std::string::npos) == info);
    CHECK((log.find("asked again about " + id) != std::string::npos) == info);
    CHECK((log.find("Please log in") != std::string::npos) == info);
  }
}

TEST_CASE("a gateway that repeats the key cannot get it into an error or the log") {
  constexpr const char* plain_key = "plain-key-without-the-usual-beginning";
  ScriptedServer gateway([&](const Seen& seen, Peer& peer) {
    REQUIRE(seen.has(plain_key));
    const std::string echo = std::string(R"({"success":false,"error":{"code":")") + plain_key + R"(","message":"Key )" +
                             plain_key + R"( is unknown."},"request_id":")" + plain_key + "\"}";
    if (id_of(seen) == "img_echo") return peer.answer(401, std::string("X-Request-Id: ") + plain_key + "\r\n", echo);
    peer.answer(200, "", "<html>" + seen.head + "</html>");
  });
  std::string log;
  std::string told;
  {
    const TestClient client(gateway.url(),
                            {"log_level=debug", std::string("api_key=") + plain_key, "retry_timeout=0s"});
    const auto append = [](void* data, int32_t, const char* message, size_t size) {
      static_cast<std::string*>(data)->append(message, size);
    };
    REQUIRE(apimall_client_set_log(client, append, &log) == APIMALL_OK);
    for (const char* each : {"img_echo", "img_trace"}) {
      apimall_image_task* task = nullptr;
      apimall_error* error = nullptr;
      CHECK(apimall_get_image_task(client, each, APIMALL_STRLEN, nullptr, &task, &error) != APIMALL_OK);
      auto fields = sized<apimall_error_fields>();
      REQUIRE(apimall_error_view(error, &fields) == APIMALL_OK);
      for (const char* text : {fields.message, fields.gateway_code, fields.request_id}) {
        if (text != nullptr) told += text;
      }
      apimall_error_free(error);
    }
  }
  CHECK(told.find("Its words") != std::string::npos);
  CHECK(told.find(plain_key) == std::string::npos);
  CHECK(log.find("GET /api/v1/images/img_echo") != std::string::npos);
  CHECK(log.find("HTTP 401") != std::string::npos);
  CHECK(log.find(plain_key) == std::string::npos);
}

TEST_CASE("out-pointers are set on each return") {
  const auto junk = [](auto*& pointer) { pointer = reinterpret_cast<std::decay_t<decltype(pointer)>>(0x5a5a); };
  apimall_client* client = nullptr;
  apimall_poller* poller = nullptr;
  apimall_image_task* task = nullptr;
  apimall_error* error = nullptr;
  const char* json = nullptr;
  size_t size = 7;
  intptr_t handle = 7;
  junk(client);
  CHECK(apimall_client_new(nullptr, &client, nullptr) == APIMALL_ERROR_INVALID_ARGUMENT);
  CHECK(client == nullptr);
  junk(poller);
  CHECK(apimall_poller_new(nullptr, &poller, nullptr) == APIMALL_ERROR_INVALID_ARGUMENT);
  CHECK(poller == nullptr);
  junk(task);
  junk(error);
  CHECK(apimall_parse_image_task(nullptr, 3, &task, &error) == APIMALL_ERROR_INVALID_ARGUMENT);
  CHECK(task == nullptr);
  REQUIRE(error != nullptr);
  CHECK(Problem(error).message.find("json is NULL") != std::string::npos);
  junk(json);
  CHECK(apimall_image_task_json(nullptr, &json, &size) == APIMALL_ERROR_INVALID_ARGUMENT);
  CHECK(json == nullptr);
  CHECK(size == 0);
  junk(json);
  CHECK(apimall_generation_json(nullptr, &json, nullptr) == APIMALL_ERROR_INVALID_ARGUMENT);
  CHECK(json == nullptr);
  CHECK(apimall_poller_handle(nullptr, &handle) == APIMALL_ERROR_INVALID_ARGUMENT);
  CHECK(handle == -1);
  apimall_event event{};
  size = 7;
  CHECK(apimall_poller_next(nullptr, &event, sizeof event, 1, 0, &size) == APIMALL_ERROR_INVALID_ARGUMENT);
  CHECK(size == 0);
}

TEST_CASE("a size that was never set is refused, and nothing is touched") {
  apimall_image_task* task = nullptr;
  const std::string json = task_json(id, "completed");
  REQUIRE(apimall_parse_image_task(json.data(), json.size(), &task, nullptr) == APIMALL_OK);
  auto fields = sized<apimall_image_task_fields>();
  for (const uint32_t size : {0u, 3u, 4097u, 0x5a5a5a5au, 0xffffffffu}) {
    fields.size = size;
    CHECK(apimall_image_task_view(task, &fields) == APIMALL_ERROR_INVALID_ARGUMENT);
    CHECK(fields.task_id == nullptr);
  }
  apimall_image_task_free(task);
  const TestClient client("http://127.0.0.1:9");
  auto options = sized<apimall_options>();
  options.size = 0xcccccccc;
  CHECK(observe(apimall_get_image_task, client, id, &options).code == APIMALL_ERROR_INVALID_ARGUMENT);
}

TEST_CASE("a gateway in the clear is not reached through another machine's proxy") {
  apimall_config* config = nullptr;
  REQUIRE(apimall_config_new(&config) == APIMALL_OK);
  for (const auto& [key, value] : {std::pair{"api_key", test_key},
                                   {"base_url", "http://127.0.0.1:9"},
                                   {"proxy", "http://me:hunter2@proxy.example:3128"}}) {
    REQUIRE(apimall_config_set(config, key, APIMALL_STRLEN, value, APIMALL_STRLEN, nullptr) == APIMALL_OK);
  }
  apimall_client* client = nullptr;
  apimall_error* error = nullptr;
  CHECK(apimall_client_new(config, &client, &error) == APIMALL_ERROR_INVALID_SETTING);
  const std::string message = Problem(error).message;
  CHECK(message.find("proxy.example") != std::string::npos);
  CHECK(message.find("hunter2") == std::string::npos);
  apimall_config_free(config);
}
