#include "scripted_server.hpp"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <stdexcept>

namespace apimall::net::tests {
namespace {

int listen_somewhere(int& port) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof(address);
  if (listener < 0 || ::bind(listener, reinterpret_cast<sockaddr*>(&address), length) != 0 ||
      ::listen(listener, 128) != 0 || ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &length) != 0) {
    throw std::runtime_error("no port to listen on");
  }
  port = ntohs(address.sin_port);
  return listener;
}

std::size_t content_length(const std::string& head) {
  const std::size_t at = head.find("Content-Length: ");
  return at == head.npos ? 0 : static_cast<std::size_t>(std::atoll(head.c_str() + at + 16));
}

}  // namespace

std::string Seen::target() const {
  const std::size_t from = head.find(' ') + 1;
  return head.substr(from, head.find(' ', from) - from);
}

bool Peer::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void Peer::answer(int status, std::string_view headers, std::string_view body) {
  std::string text = "HTTP/1.1 " + std::to_string(status) + " Whatever\r\n";
  text.append(headers).append("Content-Length: ").append(std::to_string(body.size())).append("\r\n\r\n").append(body);
  send(text);
}

void Peer::close() { ::shutdown(socket_, SHUT_RDWR); }

void Peer::reset() {
  const linger at_once{1, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  // Connecting a stream socket to nowhere drops it with a reset, and leaves the descriptor to its owner.
  const sockaddr nowhere{AF_UNSPEC, {}};
  ::connect(socket_, &nowhere, sizeof(nowhere));
}

void Peer::until_client_leaves() {
  char byte = 0;
  while (::recv(socket_, &byte, 1, 0) > 0) {
  }
}

ScriptedServer::ScriptedServer(Script script) : script_(std::move(script)), listener_(listen_somewhere(port_)) {
  acceptor_ = std::thread([this] { accept_all(); });
}

ScriptedServer::~ScriptedServer() {
  stopping_ = true;
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  {
    const std::lock_guard lock(mutex_);
    for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
  }
  for (std::thread& thread : threads_) thread.join();
  ::close(listener_);
}

std::vector<Seen> ScriptedServer::seen() const {
  const std::lock_guard lock(mutex_);
  return seen_;
}

void ScriptedServer::accept_all() {
  while (!stopping_) {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) return;
    const std::lock_guard lock(mutex_);
    sockets_.push_back(socket);
    threads_.emplace_back([this, socket, number = ++connections_] { serve(socket, number); });
  }
}

void ScriptedServer::serve(int socket, int number) {
  std::string buffer;
  char bytes[16384];
  for (;;) {
    const std::size_t end = buffer.find("\r\n\r\n");
    const std::size_t whole = end == buffer.npos ? 0 : end + 4 + content_length(buffer.substr(0, end + 2));
    if (end == buffer.npos || buffer.size() < whole) {
      const ssize_t got = ::recv(socket, bytes, sizeof(bytes), 0);
      if (got <= 0) break;
      buffer.append(bytes, static_cast<std::size_t>(got));
      continue;
    }
    Seen seen{buffer.substr(0, end + 2), buffer.substr(end + 4, whole - end - 4), number};
    buffer.erase(0, whole);
    {
      const std::lock_guard lock(mutex_);
      seen_.push_back(seen);
    }
    Peer peer(socket);
    script_(seen, peer);
  }
  const std::lock_guard lock(mutex_);
  sockets_.remove(socket);
  ::close(socket);
}

int closed_port() {
  int port = 0;
  ::close(listen_somewhere(port));
  return port;
}

}  // namespace apimall::net::tests
