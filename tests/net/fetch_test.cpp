#include <sys/resource.h>
#include <unistd.h>

#include <csignal>

#include "transport_fixture.hpp"

namespace apimall::net::tests {
namespace {

using wire::Response;

Fetched fetched_of(Transport::Completion completion) {
  if (const auto* failure = std::get_if<Failure>(&completion.outcome)) FAIL(failure->message);
  return std::get<Fetched>(completion.outcome);
}

/// Answers `body`, whole or from where it is asked to go on, under a strong ETag.
void serve_range(const Seen& seen, Peer& peer, const std::string& body, const std::string& etag) {
  const std::size_t at = seen.head.find("Range: bytes=");
  if (at == std::string::npos || !seen.has("If-Range: " + etag + "\r\n")) {
    return peer.answer(200, "ETag: " + etag + "\r\n", body);
  }
  const auto from = static_cast<std::size_t>(std::atoll(seen.head.c_str() + at + 13));
  peer.answer(206,
              "ETag: " + etag + "\r\nContent-Range: bytes " + std::to_string(from) + "-" +
                  std::to_string(body.size() - 1) + "/" + std::to_string(body.size()) + "\r\n",
              body.substr(from));
}

/// Promises all of `body` and breaks off after `count` bytes.
void break_off(Peer& peer, const std::string& body, std::size_t count, const std::string& headers) {
  peer.send("HTTP/1.1 200 OK\r\n" + headers + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
            body.substr(0, count));
  peer.close();
}

TEST_CASE("a result lands whole under its name, and nothing else is left") {
  const std::string body = png(300'000);
  ScriptedServer cdn([&](const Seen& seen, Peer& peer) { serve_range(seen, peer, body, "\"1\""); });
  const TemporaryFolder folder;
  Transport transport(settings_for("http://127.0.0.1:1"));
  transport.fetch(3, {cdn.url() + "/a.jpg?signature=s3cret", folder / "new/deep", "img_1"});
  const auto completion = await(transport);
  CHECK(completion.id == 3);
  const Fetched fetched = fetched_of(completion);
  CHECK(fetched.status == 200);
  REQUIRE(fetched.file.has_value());
  CHECK(fetched.file->path == folder / "new/deep/img_1.png");
  CHECK(fetched.file->media_type == "image/png");
  CHECK(fetched.file->bytes == body.size());
  CHECK(content(fetched.file->path) == body);
  CHECK(std::distance(std::filesystem::directory_iterator(folder / "new/deep"), {}) == 1);
  CHECK(transport.in_flight() == 0);
}

TEST_CASE("a download never carries the key, not even to the gateway's own host") {
  ScriptedServer host([](const Seen&, Peer& peer) { peer.answer(200, "Set-Cookie: a=b\r\n", png(100)); });
  const TemporaryFolder folder;
  Transport transport(settings_for(host.url()));
  transport.send(1, get());
  await(transport);
  for (ExchangeId id = 2; id < 4; ++id) {
    transport.fetch(id, {host.url() + "/a.png", folder.text(), "a"});
    fetched_of(await(transport));
  }
  const auto seen = host.seen();
  REQUIRE(seen.size() == 3);
  CHECK(seen[0].has(test_key));
  for (std::size_t i = 1; i < 3; ++i) {
    CHECK_FALSE(seen[i].has("Authorization"));
    CHECK_FALSE(seen[i].has(test_key));
    CHECK_FALSE(seen[i].has("Cookie"));
    CHECK(seen[i].has("Accept-Encoding: identity"));
  }
}

TEST_CASE("redirects of a download are followed five times, without credentials") {
  ScriptedServer host([](const Seen& seen, Peer& peer) {
    const int left = std::atoi(seen.target().c_str() + 1);
    if (left == 0) return peer.answer(200, "", png(64));
    peer.answer(302, "Location: /" + std::to_string(left - 1) + "\r\n", "<html>moved</html>");
  });
  const TemporaryFolder folder;
  Transport transport(settings_for(host.url()));
  transport.fetch(1, {host.url() + "/5", folder.text(), "a"});
  CHECK(fetched_of(await(transport)).file->bytes == 64);
  transport.fetch(2, {host.url() + "/6", folder.text(), "b"});
  const Failure failure = failure_of(await(transport));
  CHECK(failure.code == Code::download_failed);
  CHECK_FALSE(failure.retryable);
  for (const Seen& seen : host.seen()) CHECK_FALSE(seen.has("Authorization"));
  CHECK(folder.names() == std::vector<std::string>{"a.png"});
}

TEST_CASE("URLs with credentials or of other kinds are refused, at once and after a redirect") {
  ScriptedServer host([](const Seen& seen, Peer& peer) {
    peer.answer(
        302,
        seen.target() == "/file" ? "Location: file:///etc/passwd\r\n" : "Location: http://u:hunter2@127.0.0.1:1/\r\n",
        "");
  });
  const TemporaryFolder folder;
  Transport transport(settings_for(host.url()));
  const std::string authority = host.url().substr(7);
  for (const std::string& url :
       {"http://u:hunter2@" + authority + "/", std::string("file:///etc/passwd"), host.url() + "/file",
        host.url() + "/user", std::string("ftp://127.0.0.1/"), std::string()}) {
    transport.fetch(1, {url, folder.text(), "a"});
    const Failure failure = failure_of(await(transport));
    CHECK_FALSE(failure.retryable);
    CHECK(failure.message.find("hunter2") == std::string::npos);
  }
  CHECK(folder.names().empty());
}

TEST_CASE("a broken download goes on where it stopped, in another transport too") {
  const std::string body = png(200'000);
  std::atomic<int> requests{0};
  ScriptedServer cdn([&](const Seen& seen, Peer& peer) {
    if (++requests == 1) return break_off(peer, body, 70'000, "ETag: \"v1\"\r\n");
    serve_range(seen, peer, body, "\"v1\"");
  });
  const TemporaryFolder folder;
  {
    Transport transport(settings_for("http://127.0.0.1:1"));
    transport.fetch(1, {cdn.url() + "/a.png?sig=old", folder.text(), "a"});
    const Failure failure = failure_of(await(transport));
    CHECK(failure.code == Code::connection_failed);
    CHECK(failure.retryable);
    CHECK(failure.message.find("old") == std::string::npos);
  }
  CHECK(folder.names() == std::vector<std::string>{"a.part", "a.part.resume"});
  CHECK(content(folder / "a.part.resume").find("old") == std::string::npos);
  Transport transport(settings_for("http://127.0.0.1:1"));
  transport.fetch(1, {cdn.url() + "/a.png?sig=new", folder.text(), "a"});
  const Fetched fetched = fetched_of(await(transport));
  CHECK(content(fetched.file->path) == body);
  CHECK(cdn.seen()[1].has("Range: bytes=70000-\r\n"));
  CHECK(folder.names() == std::vector<std::string>{"a.png"});
}

/// Runs the transport until this many bytes are in a file.
void run_until_written(Transport& transport, const std::string& path, std::size_t count) {
  const auto written = [&] {
    std::error_code none_yet;
    const auto size = std::filesystem::file_size(path, none_yet);
    return none_yet ? 0 : size;
  };
  for (int rounds = 0; written() < count && rounds < 600; ++rounds) transport.run(std::chrono::milliseconds(100));
  REQUIRE(written() == count);
}

TEST_CASE("a long download can be gone on with after a crash, a short one leaves no more than its part") {
  const std::string body = png(3'000'000);
  std::size_t sent = 0;
  SUBCASE("long") { sent = 2'000'000; }
  SUBCASE("short") { sent = 200'000; }
  std::atomic<int> requests{0};
  ScriptedServer cdn([&](const Seen& seen, Peer& peer) {
    if (++requests > 1) return serve_range(seen, peer, body, "\"v1\"");
    peer.send("HTTP/1.1 200 OK\r\nETag: \"v1\"\r\nContent-Length: 3000000\r\n\r\n" + body.substr(0, sent));
    peer.until_client_leaves();
  });
  const TemporaryFolder folder;
  const TemporaryFolder after_crash;
  Transport transport(settings_for("http://127.0.0.1:1"));
  transport.fetch(1, {cdn.url() + "/a.png", folder.text(), "a"});
  run_until_written(transport, folder / "a.part", sent);
  // What a crash would leave: the transport has not been told to let go.
  std::filesystem::copy(folder.text(), after_crash.text());
  const bool both = after_crash.names() == std::vector<std::string>{"a.part", "a.part.resume"};
  CHECK(both == (sent > 1'000'000));
  Transport next(settings_for("http://127.0.0.1:1"));
  next.fetch(1, {cdn.url() + "/a.png", after_crash.text(), "a"});
  CHECK(content(fetched_of(await(next)).file->path) == body);
  CHECK(cdn.seen()[1].has("Range: bytes=2000000-\r\n") == both);
  CHECK(after_crash.names() == std::vector<std::string>{"a.png"});
}

TEST_CASE("notes that an earlier part has left are not taken for those of a new one") {
  const std::string old_body = std::string(20'000, 'o');
  const std::string body = png(50'000);
  std::atomic<int> requests{0};
  ScriptedServer cdn([&](const Seen& seen, Peer& peer) {
    if (++requests > 1) return serve_range(seen, peer, body, "\"v1\"");
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 50000\r\n\r\n" + old_body);
    peer.until_client_leaves();
  });
  const TemporaryFolder folder;
  const TemporaryFolder after_crash;
  std::ofstream(folder / "a.part.resume") << "apimall-part 1\n" << cdn.url() << "/a.png\n\"v1\"\n50000\n";
  Transport transport(settings_for("http://127.0.0.1:1"));
  transport.fetch(1, {cdn.url() + "/a.png", folder.text(), "a"});
  run_until_written(transport, folder / "a.part", old_body.size());
  std::filesystem::copy(folder.text(), after_crash.text());
  Transport next(settings_for("http://127.0.0.1:1"));
  next.fetch(1, {cdn.url() + "/a.png", after_crash.text(), "a"});
  CHECK(content(fetched_of(await(next)).file->path) == body);
  CHECK_FALSE(cdn.seen()[1].has("Range: "));
}

TEST_CASE("what the host does with a resume never mixes two files") {
  const std::string old_body = png(50'000);
  const std::string new_body = png(60'000) + "new";
  int second_status = 0;
  std::string second_headers;
  SUBCASE("it sends the new file whole") { second_status = 200; }
  SUBCASE("it refuses the range") { second_status = 416; }
  SUBCASE("its part starts elsewhere") {
    second_status = 206;
    second_headers = "Content-Range: bytes 10-49999/50000\r\n";
  }
  SUBCASE("its part is of a file of another length") {
    second_status = 206;
    second_headers = "Content-Range: bytes 20000-60002/60003\r\n";
  }
  SUBCASE("its part does not say where it starts") { second_status = 206; }
  SUBCASE("its part fits, and is of another file by its tag") {
    second_status = 206;
    second_headers = "ETag: \"v2\"\r\nContent-Range: bytes 20000-49999/50000\r\n";
  }
  SUBCASE("its part fits, and is encoded though that was not asked for") {
    second_status = 206;
    second_headers = "ETag: \"v1\"\r\nContent-Encoding: gzip\r\nContent-Range: bytes 20000-49999/50000\r\n";
  }
  std::atomic<int> requests{0};
  ScriptedServer cdn([&](const Seen&, Peer& peer) {
    switch (++requests) {
      case 1:
        return break_off(peer, old_body, 20'000, "ETag: \"v1\"\r\n");
      case 2:
        return peer.answer(second_status, second_headers, new_body);
      default:
        return peer.answer(200, "ETag: \"v2\"\r\n", new_body);
    }
  });
  const TemporaryFolder folder;
  Transport transport(settings_for("http://127.0.0.1:1"));
  transport.fetch(1, {cdn.url() + "/a.png", folder.text(), "a"});
  failure_of(await(transport));
  transport.fetch(2, {cdn.url() + "/a.png", folder.text(), "a"});
  CHECK(content(fetched_of(await(transport)).file->path) == new_body);
  CHECK(cdn.seen()[1].has("Range: bytes=20000-"));
  if (requests == 3) CHECK_FALSE(cdn.seen()[2].has("Range: "));
  CHECK(folder.names() == std::vector<std::string>{"a.png"});
}

TEST_CASE("without a strong validator nothing is kept to go on with") {
  const std::string body = png(50'000);
  ScriptedServer cdn([&](const Seen&, Peer& peer) { break_off(peer, body, 20'000, "ETag: W/\"v1\"\r\n"); });
  const TemporaryFolder folder;
  Transport transport(settings_for("http://127.0.0.1:1"));
  transport.fetch(1, {cdn.url() + "/a.png", folder.text(), "a"});
  failure_of(await(transport));
  CHECK(folder.names().empty());
}

TEST_CASE("a host's refusal is its status, and leaves nothing but an earlier part") {
  const std::string body = png(50'000);
  std::atomic<int> requests{0};
  ScriptedServer cdn([&](const Seen&, Peer& peer) {
    if (++requests == 2) return break_off(peer, body, 20'000, "ETag: \"v1\"\r\n");
    peer.answer(503, "Retry-After: 3\r\n", std::string(200'000, 'x'));
  });
  const TemporaryFolder folder;
  Transport transport(settings_for("http://127.0.0.1:1"));
  const FetchRequest request{cdn.url() + "/a.png", folder.text(), "a"};
  transport.fetch(1, request);
  const Fetched refused = fetched_of(await(transport));
  CHECK(refused.status == 503);
  CHECK(refused.retry_after == std::chrono::seconds(3));
  CHECK_FALSE(refused.file.has_value());
  CHECK(folder.names().empty());
  transport.fetch(2, request);
  failure_of(await(transport));
  transport.fetch(3, request);
  CHECK(fetched_of(await(transport)).status == 503);
  CHECK(content(folder / "a.part") == body.substr(0, 20'000));
}

TEST_CASE("what is not an image is a failed download worth retrying") {
  std::string body;
  SUBCASE("HTML") { body = "<!DOCTYPE html><html><body>Sign in</body></html>"; }
  SUBCASE("JSON") { body = R"({"error":"gone"})"; }
  SUBCASE("nothing") {}
  ScriptedServer cdn([&](const Seen&, Peer& peer) { peer.answer(200, "ETag: \"v1\"\r\n", body); });
  const TemporaryFolder folder;
  Transport transport(settings_for("http://127.0.0.1:1"));
  transport.fetch(1, {cdn.url() + "/a.png", folder.text(), "a"});
  const Failure failure = failure_of(await(transport));
  CHECK(failure.code == Code::download_failed);
  CHECK(failure.retryable);
  CHECK(folder.names().empty());
}

TEST_CASE("two downloads of one name at once both end whole") {
  const std::string body = png(400'000);
  ScriptedServer cdn([&](const Seen& seen, Peer& peer) { serve_range(seen, peer, body, "\"1\""); });
  const TemporaryFolder folder;
  Transport transport(settings_for("http://127.0.0.1:1"));
  for (ExchangeId id = 0; id < 6; ++id) transport.fetch(id, {cdn.url() + "/a.png", folder.text(), "a"});
  for (int i = 0; i < 6; ++i) CHECK(fetched_of(await(transport)).file->bytes == body.size());
  CHECK(content(folder / "a.png") == body);
  CHECK(folder.names() == std::vector<std::string>{"a.png"});
}

TEST_CASE("many downloads at once all end whole, also when the transport is ended in between") {
  constexpr ExchangeId count = 120;
  const std::string body = png(30'000);
  ScriptedServer cdn([&](const Seen& seen, Peer& peer) { serve_range(seen, peer, body, "\"1\""); });
  const TemporaryFolder folder;
  {
    Transport transport(settings_for("http://127.0.0.1:1"));
    for (ExchangeId id = 0; id < count; ++id) {
      transport.fetch(id, {cdn.url() + "/a.png", folder.text(), std::to_string(id)});
    }
    for (ExchangeId i = 0; i < count; ++i) {
      const auto fetched = fetched_of(await(transport));
      CHECK(content(fetched.file->path) == body);
    }
    CHECK(folder.names().size() == count);
    for (ExchangeId id = 0; id < count; ++id) {
      transport.fetch(id, {cdn.url() + "/b.png", folder.text(), "b" + std::to_string(id)});
    }
    for (int rounds = 0; cdn.seen().size() < count + 100 && rounds < 600; ++rounds) {
      transport.run(std::chrono::milliseconds(100));
    }
  }
  for (const std::string& name : folder.names()) {
    if (name.ends_with(".png")) CHECK(content(folder / name) == body);
  }
}

TEST_CASE("names from outside cannot leave the folder") {
  ScriptedServer cdn([](const Seen&, Peer& peer) { peer.answer(200, "", png(64)); });
  const TemporaryFolder folder;
  Transport transport(settings_for("http://127.0.0.1:1"));
  transport.fetch(1, {cdn.url() + "/", folder.text(), "../../etc/x y"});
  CHECK(fetched_of(await(transport)).file->path == folder / "_._.._etc_x_y.png");
}

TEST_CASE("a symbolic link in the part's place is not written through") {
  ScriptedServer cdn([](const Seen&, Peer& peer) { peer.answer(200, "", png(64)); });
  const TemporaryFolder folder;
  {
    std::ofstream(folder / "precious") << "mine";
  }
  std::filesystem::create_symlink(folder / "precious", folder / "a.part");
  Transport transport(settings_for("http://127.0.0.1:1"));
  transport.fetch(1, {cdn.url() + "/", folder.text(), "a"});
  CHECK(fetched_of(await(transport)).file.has_value());
  CHECK(content(folder / "precious") == "mine");
}

TEST_CASE("what the disk refuses is a file error with path and reason, and not retryable") {
  ScriptedServer cdn([](const Seen&, Peer& peer) { peer.answer(200, "ETag: \"v\"\r\n", png(200'000)); });
  const TemporaryFolder folder;
  Transport transport(settings_for("http://127.0.0.1:1"));
  Failure failure;
  SUBCASE("the folder is a file") {
    {
      std::ofstream(folder / "f") << "x";
    }
    transport.fetch(1, {cdn.url() + "/", folder / "f", "a"});
    failure = failure_of(await(transport));
    CHECK(failure.message.find(folder / "f") != std::string::npos);
  }
  SUBCASE("the final name is a folder") {
    std::filesystem::create_directories(folder / "a.png/x");
    transport.fetch(1, {cdn.url() + "/", folder.text(), "a"});
    failure = failure_of(await(transport));
    CHECK(folder.names() == std::vector<std::string>{"a.png"});
  }
  SUBCASE("no more may be written") {
    // The nearest thing to a full disk that needs no rights: a limit on the size of files.
    rlimit before{};
    getrlimit(RLIMIT_FSIZE, &before);
    const rlimit small{100'000, before.rlim_max};
    std::signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &small);
    transport.fetch(1, {cdn.url() + "/", folder.text(), "a"});
    failure = failure_of(await(transport));
    setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, SIG_DFL);
    CHECK(failure.message.find("a.part") != std::string::npos);
    CHECK(folder.names().empty());
  }
  SUBCASE("no permission") {
    if (geteuid() == 0) {
      failure.code = Code::file_error;  // root may write anywhere
      failure.retryable = false;
    } else {
      std::filesystem::permissions(folder.text(), std::filesystem::perms::owner_read);
      transport.fetch(1, {cdn.url() + "/", folder.text(), "a"});
      failure = failure_of(await(transport));
      std::filesystem::permissions(folder.text(), std::filesystem::perms::owner_all);
    }
  }
  CHECK(failure.code == Code::file_error);
  CHECK_FALSE(failure.retryable);
}

TEST_CASE("a download that stalls is given up, and can go on later") {
  const std::string body = png(50'000);
  ScriptedServer cdn([&](const Seen&, Peer& peer) {
    peer.send("HTTP/1.1 200 OK\r\nETag: \"v\"\r\nContent-Length: 50000\r\n\r\n" + body.substr(0, 9000));
    peer.until_client_leaves();
  });
  const TemporaryFolder folder;
  auto settings = settings_for("http://127.0.0.1:1");
  settings.request_timeout = std::chrono::milliseconds(50);
  Transport transport(settings);
  transport.fetch(1, {cdn.url() + "/a.png", folder.text(), "a"});
  CHECK(failure_of(await(transport)).code == Code::request_timed_out);
  CHECK(folder.names() == std::vector<std::string>{"a.part", "a.part.resume"});
}

TEST_CASE("downloads may be abandoned and destroyed at any moment") {
  const std::string body = png(300'000);
  ScriptedServer cdn([&](const Seen& seen, Peer& peer) { serve_range(seen, peer, body, "\"1\""); });
  const TemporaryFolder folder;
  for (int rounds = 0; rounds < 12; ++rounds) {
    Transport transport(settings_for("http://127.0.0.1:1"));
    for (ExchangeId id = 0; id < 4; ++id) transport.fetch(id, {cdn.url() + "/a.png", folder.text(), "a"});
    for (int i = 0; i < rounds; ++i) transport.run(std::chrono::milliseconds(1));
    for (ExchangeId id = 0; id < 2; ++id) transport.abandon(id);
    while (const auto completion = transport.next_completion()) CHECK(completion->id >= 2);
  }
  Transport transport(settings_for("http://127.0.0.1:1"));
  transport.fetch(9, {cdn.url() + "/a.png", folder.text(), "a"});
  fetched_of(await(transport));
  CHECK(content(folder / "a.png") == body);
}

}  // namespace
}  // namespace apimall::net::tests
