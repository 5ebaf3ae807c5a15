#include <thread>

#include "transport_fixture.hpp"

namespace apimall::net::tests {
namespace {

using wire::Response;

TEST_CASE("an answer's status, headers and padded body come through") {
  ScriptedServer server([](const Seen&, Peer& peer) {
    peer.answer(200, "Content-Type: application/json\r\nX-Request-Id: req_1\r\nRetry-After: 2\r\n",
                R"({"success":true})");
  });
  Transport transport(settings_for(server.url()));
  transport.send(7, get());
  CHECK(transport.in_flight() == 1);
  const auto completion = await(transport);
  CHECK(completion.id == 7);
  const auto& response = std::get<Response>(completion.outcome);
  CHECK(response.status == 200);
  CHECK(response.body == R"({"success":true})");
  CHECK(response.headers.request_id == "req_1");
  CHECK(response.headers.retry_after == std::chrono::seconds(2));
  for (std::size_t i = 0; i < wire::body_padding; ++i) CHECK(response.body.data()[response.body.size() + i] == '\0');
  CHECK(transport.in_flight() == 0);
  CHECK(transport.bytes_received() > response.body.size());
  CHECK(transport.connections_opened() == 1);
}

TEST_CASE("a request carries key, agent, and nothing that waits or follows") {
  ScriptedServer server([](const Seen&, Peer& peer) { peer.answer(200, "", "{}"); });
  Transport transport(settings_for(server.url()));
  transport.send(1, post(std::string(5000, 'x')));
  await(transport);
  transport.send(2, get("/api/v1/images/a%2Fb?x=%20"));
  await(transport);
  const auto seen = server.seen();
  REQUIRE(seen.size() == 2);
  CHECK(seen[0].has(std::string("Authorization: Bearer ") + test_key));
  CHECK(seen[0].has("Content-Type: application/json"));
  CHECK(seen[0].has("User-Agent: apimall-test/1"));
  CHECK_FALSE(seen[0].has("Expect"));
  CHECK(seen[0].body == std::string(5000, 'x'));
  CHECK(seen[1].head.starts_with("GET /api/v1/images/a%2Fb?x=%20 HTTP/1.1"));
  CHECK_FALSE(seen[1].has("Content-Type"));
  CHECK(seen[1].body.empty());
}

TEST_CASE("a proxy that the environment names never sees the key of a gateway in the clear") {
  ScriptedServer proxy([](const Seen&, Peer& peer) { peer.answer(200, "", "{}"); });
  ScriptedServer gateway([](const Seen&, Peer& peer) { peer.answer(200, "", "{}"); });
  for (const char* name : {"http_proxy", "all_proxy"}) {
    setenv(name, proxy.url().c_str(), 1);
    auto settings = settings_for(gateway.url());
    settings.proxy.reset();
    Transport transport(settings);
    transport.send(1, get());
    CHECK(std::get<wire::Response>(await(transport).outcome).status == 200);
    unsetenv(name);
  }
  CHECK(proxy.seen().empty());
  CHECK(gateway.seen().size() == 2);
}

TEST_CASE("a proxy that is set is used, with the whole URL") {
  ScriptedServer proxy([](const Seen&, Peer& peer) { peer.answer(200, "", "{}"); });
  auto settings = settings_for("http://127.0.0.1:9/base");
  settings.proxy = proxy.url();
  Transport transport(settings);
  transport.send(1, get("/x"));
  await(transport);
  REQUIRE(proxy.seen().size() == 1);
  CHECK(proxy.seen()[0].target() == "http://127.0.0.1:9/base/x");
}

TEST_CASE("a proxy towards a gateway with TLS is asked for a tunnel, and not given the key") {
  ScriptedServer proxy([](const Seen&, Peer& peer) { peer.answer(403, "", ""); });
  auto settings = settings_for("https://gateway.invalid");
  settings.proxy = "http://me:hunter2@" + proxy.url().substr(7);
  Transport transport(settings);
  transport.send(1, get());
  const Failure failure = failure_of(await(transport));
  CHECK(failure.message.find("hunter2") == std::string::npos);
  REQUIRE_FALSE(proxy.seen().empty());
  for (const Seen& seen : proxy.seen()) {
    CHECK(seen.head.starts_with("CONNECT gateway.invalid:443 "));
    CHECK_FALSE(seen.has(test_key));
    CHECK_FALSE(seen.has("\r\nAuthorization:"));
  }
}

TEST_CASE("a base URL with a path goes before the target") {
  ScriptedServer server([](const Seen&, Peer& peer) { peer.answer(200, "", "{}"); });
  Transport transport(settings_for(server.url() + "/gateway"));
  transport.send(1, get("/api"));
  await(transport);
  CHECK(server.seen()[0].target() == "/gateway/api");
}

TEST_CASE("a target that could smuggle a second request is refused") {
  Transport transport(settings_for("http://127.0.0.1:" + std::to_string(closed_port())));
  transport.send(1, get("/a HTTP/1.1\r\nX: y"));
  const Failure failure = failure_of(await(transport));
  CHECK(failure.code == Code::invalid_request);
  CHECK_FALSE(failure.maybe_received);
}

TEST_CASE("connections and buffers are reused") {
  ScriptedServer server([](const Seen& seen, Peer& peer) { peer.answer(200, "", seen.target()); });
  Transport transport(settings_for(server.url()));
  for (ExchangeId id = 0; id < 50; ++id) {
    transport.send(id, get("/" + std::to_string(id)));
    const auto completion = await(transport);
    CHECK(std::get<Response>(completion.outcome).body == "/" + std::to_string(id));
  }
  CHECK(server.connections() == 1);
  CHECK(transport.connections_opened() == 1);
}

TEST_CASE("many at once each get their own answer") {
  ScriptedServer server([](const Seen& seen, Peer& peer) { peer.answer(200, "", seen.target()); });
  auto settings = settings_for(server.url());
  settings.max_in_flight = 16;
  Transport transport(settings);
  for (int round = 0; round < 3; ++round) {
    for (ExchangeId id = 0; id < 40; ++id) transport.send(id, get("/" + std::to_string(id)));
    for (int i = 0; i < 40; ++i) {
      const auto completion = await(transport);
      CHECK(std::get<Response>(completion.outcome).body == "/" + std::to_string(completion.id));
    }
  }
  CHECK(server.connections() <= 40);
}

TEST_CASE("a redirect is an answer and is not followed") {
  ScriptedServer elsewhere([](const Seen&, Peer& peer) { peer.answer(200, "", "{}"); });
  ScriptedServer server(
      [&](const Seen&, Peer& peer) { peer.answer(302, "Location: " + elsewhere.url() + "/x\r\n", ""); });
  Transport transport(settings_for(server.url()));
  transport.send(1, get());
  const auto completion = await(transport);
  CHECK(std::get<Response>(completion.outcome).status == 302);
  CHECK(std::get<Response>(completion.outcome).headers.location == elsewhere.url() + "/x");
  CHECK(elsewhere.seen().empty());
}

TEST_CASE("an answer over the limit is refused as too large, and is not worth retrying") {
  ScriptedServer server([](const Seen&, Peer& peer) { peer.answer(200, "", std::string(2000, ' ')); });
  auto settings = settings_for(server.url());
  settings.max_response_bytes = 1999;
  Transport transport(settings);
  transport.send(1, get());
  const Failure failure = failure_of(await(transport));
  CHECK(failure.code == Code::response_too_large);
  CHECK_FALSE(failure.retryable);
}

TEST_CASE("a compressed answer is unpacked, and its unpacked size is what the limit counts") {
  // gzip of 100,000 spaces
  static constexpr unsigned char packed[] = {
      0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xed, 0xc1, 0x31, 0x01, 0x00, 0x00, 0x00, 0xc2, 0xa0,
      0x2a, 0xeb, 0x9f, 0xd2, 0x1a, 0x1e, 0x40, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
      0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
      0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
      0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
      0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
      0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xaf, 0x06, 0x2d, 0xf0, 0x79, 0xca, 0xa0, 0x86, 0x01, 0x00};
  const std::string body(reinterpret_cast<const char*>(packed), sizeof(packed));
  ScriptedServer server([&](const Seen&, Peer& peer) { peer.answer(200, "Content-Encoding: gzip\r\n", body); });
  auto settings = settings_for(server.url());
  SUBCASE("within the limit") {
    Transport transport(settings);
    transport.send(1, get());
    const auto completion = await(transport);
    CHECK(std::get<Response>(completion.outcome).body == std::string(100'000, ' '));
    CHECK(server.seen()[0].has("Accept-Encoding: gzip, deflate"));
  }
  SUBCASE("a poll does not ask for it, and takes it") {
    Transport transport(settings);
    wire::Request poll = get();
    poll.brief = true;
    for (const wire::Request& request : {poll, get(), poll}) {
      transport.send(1, request);
      const auto completion = await(transport);
      CHECK(std::get<Response>(completion.outcome).body == std::string(100'000, ' '));
    }
    CHECK_FALSE(server.seen()[0].has("Accept-Encoding"));
    CHECK(server.seen()[1].has("Accept-Encoding: gzip, deflate"));
    CHECK_FALSE(server.seen()[2].has("Accept-Encoding"));
  }
  SUBCASE("a bomb") {
    settings.max_response_bytes = 99'999;
    Transport transport(settings);
    transport.send(1, get());
    CHECK(failure_of(await(transport)).code == Code::response_too_large);
  }
}

TEST_CASE("nobody listening: the gateway surely got nothing") {
  const int port = closed_port();
  Transport transport(settings_for("http://127.0.0.1:" + std::to_string(port)));
  transport.send(1, post("{}"));
  const Failure failure = failure_of(await(transport));
  CHECK(failure.code == Code::connection_failed);
  CHECK(failure.retryable);
  CHECK_FALSE(failure.maybe_received);
  CHECK(failure.message.find("127.0.0.1:" + std::to_string(port)) != std::string::npos);
}

TEST_CASE("a truncated body is a broken connection, not an answer") {
  ScriptedServer server([](const Seen&, Peer& peer) {
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"success\"");
    peer.close();
  });
  Transport transport(settings_for(server.url()));
  transport.send(1, get());
  const Failure failure = failure_of(await(transport));
  CHECK(failure.code == Code::connection_failed);
  CHECK(failure.retryable);
  CHECK(failure.maybe_received);
  CHECK(failure.message.find("truncated") != std::string::npos);
}

TEST_CASE("a reset in place of an answer may have been received") {
  ScriptedServer server([](const Seen&, Peer& peer) { peer.reset(); });
  Transport transport(settings_for(server.url()));
  transport.send(1, post("{}"));
  const Failure failure = failure_of(await(transport));
  CHECK(failure.code == Code::connection_failed);
  CHECK(failure.maybe_received);
}

TEST_CASE("what is not HTTP is a protocol failure") {
  ScriptedServer server([](const Seen&, Peer& peer) {
    peer.send("SSH-2.0-OpenSSH_9.2\r\n");
    peer.close();
  });
  Transport transport(settings_for(server.url()));
  transport.send(1, get());
  CHECK(failure_of(await(transport)).code == Code::protocol);
}

TEST_CASE("a POST whose reused connection breaks is never sent twice") {
  std::atomic<int> posts{0};
  ScriptedServer server([&](const Seen& seen, Peer& peer) {
    if (seen.head.starts_with("GET")) return peer.answer(200, "", "{}");
    ++posts;
    peer.close();
  });
  Transport transport(settings_for(server.url()));
  transport.send(1, get());
  await(transport);
  transport.send(2, post(R"({"model":"m","prompt":"p"})"));
  const Failure failure = failure_of(await(transport));
  CHECK(failure.maybe_received);
  CHECK(posts == 1);
}

TEST_CASE("a GET whose reused connection breaks is sent again on a new one") {
  ScriptedServer server([](const Seen& seen, Peer& peer) {
    if (seen.connection == 1 && seen.target() == "/second") return peer.close();
    peer.answer(200, "", "{}");
  });
  Transport transport(settings_for(server.url()));
  transport.send(1, get("/first"));
  await(transport);
  transport.send(2, get("/second"));
  CHECK(std::holds_alternative<Response>(await(transport).outcome));
}

TEST_CASE("a silent server runs into request_timeout") {
  ScriptedServer server([](const Seen&, Peer& peer) { peer.until_client_leaves(); });
  auto settings = settings_for(server.url());
  settings.request_timeout = std::chrono::milliseconds(50);
  Transport transport(settings);
  transport.send(1, get());
  const Failure failure = failure_of(await(transport));
  CHECK(failure.code == Code::request_timed_out);
  CHECK(failure.maybe_received);
  CHECK(failure.message.find("50 ms") != std::string::npos);
  CHECK(transport.in_flight() == 0);
}

TEST_CASE("what is abandoned is not reported, whatever became of it") {
  ScriptedServer server([](const Seen& seen, Peer& peer) {
    if (seen.target() == "/never") return peer.until_client_leaves();
    peer.answer(200, "", "{}");
  });
  Transport transport(settings_for(server.url()));
  transport.send(1, get("/never"));
  transport.send(2, get("/now"));
  transport.send(3, get("/now"));
  transport.send(4, get("no slash: refused at once"));
  const auto first = await(transport);  // 2, 3 or 4
  transport.abandon(1);
  for (ExchangeId id = 2; id <= 4; ++id) transport.abandon(id);
  transport.abandon(99);
  CHECK(first.id != 1);
  CHECK(transport.in_flight() == 0);
  transport.run(std::chrono::milliseconds(0));
  CHECK_FALSE(transport.next_completion().has_value());
  transport.send(5, get("/now"));
  CHECK(await(transport).id == 5);
}

TEST_CASE("a wake-up ends a long wait, also one that came before it") {
  Transport transport(settings_for("http://127.0.0.1:1"));
  transport.wakeup();
  transport.wakeup();
  transport.run(std::chrono::hours(1));
  std::thread other([&] { transport.wakeup(); });
  transport.run(std::chrono::hours(1));
  other.join();
}

TEST_CASE("wake-ups from many threads are never lost") {
  Transport transport(settings_for("http://127.0.0.1:1"));
  std::atomic<int> asked{0};
  constexpr int each = 300;
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < each; ++i) {
        ++asked;
        transport.wakeup();
      }
    });
  }
  // A lost wake-up would leave this loop in a wait of an hour.
  while (asked < 3 * each) transport.run(std::chrono::hours(1));
  for (std::thread& thread : threads) thread.join();
}

TEST_CASE("destruction with exchanges under way is clean") {
  ScriptedServer server([](const Seen&, Peer& peer) { peer.until_client_leaves(); });
  Transport transport(settings_for(server.url()));
  for (ExchangeId id = 0; id < 10; ++id) transport.send(id, get());
  transport.run(std::chrono::milliseconds(0));
}

TEST_CASE("two transports in two threads do not meet") {
  ScriptedServer server([](const Seen& seen, Peer& peer) { peer.answer(200, "", seen.target()); });
  const auto work = [&](const std::string& target) {
    Transport transport(settings_for(server.url()));
    for (ExchangeId id = 0; id < 20; ++id) {
      transport.send(id, get(target));
      for (;;) {
        if (const auto completion = transport.next_completion()) {
          if (std::get<Response>(completion->outcome).body != target) std::abort();
          break;
        }
        transport.run(std::chrono::milliseconds(100));
      }
    }
  };
  std::thread a(work, "/a");
  std::thread b(work, "/b");
  a.join();
  b.join();
  CHECK(server.seen().size() == 40);
}

}  // namespace
}  // namespace apimall::net::tests
