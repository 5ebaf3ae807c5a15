// From the answer's bytes on the socket to the return of `apimall_poller_next`, on a machine that is otherwise idle.
//
//   latency_bench [samples]
//
// A server in this process answers one request at a time, a little late, so that the client's threads are asleep; it
// notes the time just before it writes. The peer is a bare libcurl loop on one thread: it has no event to hand over.
#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "bare_loop.hpp"
#include "library.hpp"

namespace {

using namespace bench;

class LateServer {
 public:
  LateServer() : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(listener_, 16) != 0 ||
        getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      die("could not listen on 127.0.0.1");
    }
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~LateServer() {
    stopping_ = true;
    thread_.join();
    close(listener_);
  }
  LateServer(const LateServer&) = delete;
  LateServer& operator=(const LateServer&) = delete;

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  double written_at() const { return written_at_; }

 private:
  void serve() {
    std::vector<pollfd> watched{{listener_, POLLIN, 0}};
    while (!stopping_) {
      if (poll(watched.data(), watched.size(), 50) <= 0) continue;
      for (std::size_t i = 1; i < watched.size(); ++i) {
        if (watched[i].revents != 0 && !answer(watched[i].fd)) {
          close(watched[i].fd);
          watched.erase(watched.begin() + static_cast<std::ptrdiff_t>(i--));
        }
      }
      if (watched[0].revents == 0) continue;
      const int peer = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      const int on = 1;
      setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      watched.push_back({peer, POLLIN, 0});
    }
    for (std::size_t i = 1; i < watched.size(); ++i) close(watched[i].fd);
  }

  /// A request is one segment here. False when the peer has gone.
  bool answer(int peer) {
    std::array<char, 4096> bytes;
    const ssize_t size = recv(peer, bytes.data(), bytes.size(), 0);
    if (size <= 0) return false;
    const std::string_view request(bytes.data(), static_cast<std::size_t>(size));
    const std::size_t id = request.find("img_");
    const std::string body = R"({"success":true,"data":{"task_id":")" + std::string(request.substr(id, 30)) +
                             R"(","model":"nano-banana","status":"completed","output":{"resultUrls":[]}}})";
    const std::string text =
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
        "\r\n\r\n" + body;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    written_at_ = wall_s();
    return send(peer, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size());
  }

  int listener_;
  int port_ = 0;
  std::atomic<double> written_at_{0};
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace

int main(int argc, char** argv) {
  const std::size_t samples = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 1000;
  curl_global_init(CURL_GLOBAL_DEFAULT);
  const LateServer server;
  Library library(server.url(), {{"rate_per_second", no_limit}, {"rate_burst", no_limit}});
  BareLoop bare({server.url(), 1, false});
  std::uint64_t id = 0;
  Turns turns;
  for (std::size_t i = 0; i < samples; ++i) {
    turns.take(
        [&] {
          library.submit(APIMALL_WORK_WAIT, 0, task_id(++id));
          library.next([](const apimall_event&) {});
          return (wall_s() - server.written_at()) * 1e6;
        },
        [&] {
          bare.turn(++id, 1);
          return (wall_s() - server.written_at()) * 1e6;
        });
  }
  for (const auto& [name, share] : {std::pair{"p50", 0.5}, {"p99", 0.99}}) {
    Row row{.what = std::string("completion to event, ") + name};
    row.work = std::to_string(samples) + " waits";
    row.unit = "µs";
    row.against = "bare libcurl multi loop";
    row.ours = quantile(turns.ours, share);
    row.peer = quantile(turns.peer, share);
    row.ratio = row.ours / *row.peer;
    row.print();
  }
}
