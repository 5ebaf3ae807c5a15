#include "client/client.hpp"

#include <random>
#include <string>
#include <utility>

#include "client/base_url.hpp"
#include "client/rendezvous.hpp"
#include "client/thread.hpp"
#include "client/user_agent.hpp"

namespace apimall {
namespace {

constexpr std::string_view closed_message = "This client is closed. Make a new one.";

Error make_error(Code code, std::string message) {
  Error error;
  error.code = code;
  error.message = std::move(message);
  return error;
}

LogLevel log_level(const std::string& text) {
  if (text == "error") return LogLevel::error;
  if (text == "warning") return LogLevel::warning;
  if (text == "info") return LogLevel::info;
  if (text == "debug") return LogLevel::debug;
  return LogLevel::off;
}

std::chrono::milliseconds millis(const Config& config, Setting setting) {
  return std::chrono::ceil<std::chrono::milliseconds>(config.duration(setting).value_or(std::chrono::microseconds(0)));
}

engine::Settings engine_settings(const Config& config) {
  engine::Settings settings;
  settings.price_s = engine::seconds(config.duration(Setting::poll_price).value_or(engine::Duration(250'000)));
  settings.rate_per_second = config.number(Setting::rate_per_second);
  settings.rate_burst = config.number(Setting::rate_burst);
  settings.max_in_flight = static_cast<std::size_t>(config.integer(Setting::max_in_flight));
  settings.retry_timeout = config.duration(Setting::retry_timeout).value_or(engine::Duration(0));
  std::random_device device;
  settings.seed = std::uint64_t{device()} << 32 | device();
  return settings;
}

net::TransportSettings transport_settings(const Config& config) {
  net::TransportSettings settings;
  settings.base_url = config.text(Setting::base_url);
  settings.api_key = config.text(Setting::api_key);
  settings.user_agent = user_agent(config.text(Setting::user_agent_suffix));
  settings.request_timeout = millis(config, Setting::request_timeout);
  settings.connect_timeout = millis(config, Setting::connect_timeout);
  const std::string& version = config.text(Setting::http_version);
  if (version == "1.1") settings.http_version = net::HttpVersion::http1;
  if (version == "2") settings.http_version = net::HttpVersion::http2;
  settings.ca_bundle = config.text(Setting::ca_bundle);
  if (!config.is_special(Setting::proxy)) settings.proxy = config.text(Setting::proxy);
  settings.max_response_bytes = static_cast<std::size_t>(config.integer(Setting::max_response_bytes));
  settings.max_in_flight = static_cast<std::size_t>(config.integer(Setting::max_in_flight));
  return settings;
}

std::string learned_path(const Config& config) {
  return config.is_special(Setting::learned_file) ? std::string() : config.text(Setting::learned_file);
}

bool waits(engine::Kind kind) { return kind == engine::Kind::wait || kind == engine::Kind::download; }

}  // namespace

Result<std::shared_ptr<Client>> Client::make(const Config& config) {
  if (config.text(Setting::api_key).empty()) {
    return make_error(
        Code::invalid_setting,
        "Setting api_key is missing: set it, or the environment variable APIMALL_API_KEY. Keys are made at "
        "https://www.apimall.ai/api-keys.");
  }
  const bool clear = config.text(Setting::base_url).starts_with("http:");
  const std::string& proxy = config.text(Setting::proxy);
  if (clear && !proxy.empty() && !leads_to_loopback(proxy)) {
    return make_error(Code::invalid_setting, "Setting proxy: '" + without_user(proxy) +
                                                 "' would receive the API key in clear text, because base_url is http. "
                                                 "Use an https base_url, or set proxy to none.");
  }
  return std::shared_ptr<Client>(new Client(config));
}

Client::Client(const Config& config)
    : config_(config),
      log_(log_level(config.text(Setting::log_level)), Secret(config.text(Setting::api_key))),
      most_outstanding_(static_cast<std::uint64_t>(config.integer(Setting::max_outstanding))) {}

Client::~Client() { close(); }

std::optional<Error> Client::unusable() const {
  if (forked()) {
    return make_error(
        Code::forked,
        "This client was made before a fork, and its thread and connections stayed with the parent process. "
        "Make a new client in the child.");
  }
  if (closed_.load(std::memory_order_acquire)) return make_error(Code::closed, std::string(closed_message));
  return std::nullopt;
}

std::optional<Error> Client::start() {
  if (running_.load(std::memory_order_acquire) != nullptr) return std::nullopt;
  const std::lock_guard lock(lifecycle_mutex_);
  if (loop_ || closed_) return std::nullopt;
  loop_ = std::make_unique<IoLoop>(engine_settings(config_), transport_settings(config_), learned_path(config_),
                                   mailbox_, recipients_, outstanding_, log_);
  try {
    thread_ = start_thread([loop = loop_.get()] { loop->run(); });
  } catch (const std::system_error& problem) {
    loop_.reset();
    return make_error(Code::internal, std::string("The I/O thread could not be started: ") + problem.what());
  }
  running_.store(loop_.get(), std::memory_order_release);
  return std::nullopt;
}

std::optional<Error> Client::submit(engine::Submission&& submission, Timeout timeout) {
  if (auto error = unusable()) return error;
  if (auto error = start()) return error;
  if (const auto* limit = std::get_if<std::chrono::milliseconds>(&timeout)) {
    // Longer than a century is "no limit", and must not overflow.
    if (*limit < std::chrono::hours(24 * 36500)) submission.timeout = *limit;
  } else if (std::holds_alternative<DefaultTimeout>(timeout) && waits(submission.kind)) {
    submission.timeout = config_.duration(Setting::wait_timeout).value_or(engine::Submission::no_timeout);
  }
  const auto refuse = [&](Code code, const engine::Submission& refused, std::string message) {
    Error error = make_error(code, std::move(message));
    error.task_id = refused.task_id.view();
    error.retryable = code == Code::queue_full;
    outstanding_.fetch_sub(1, std::memory_order_relaxed);
    return error;
  };
  if (outstanding_.fetch_add(1, std::memory_order_relaxed) >= most_outstanding_) {
    return refuse(Code::queue_full, submission,
                  "There are " + std::to_string(most_outstanding_) +
                      " submissions outstanding already. Take events and try again, or raise max_outstanding.");
  }
  Command command(std::move(submission));
  Mailbox::Posted posted{};
  try {
    posted = mailbox_.post(std::move(command));
  } catch (...) {  // out of memory: nothing was taken in
    outstanding_.fetch_sub(1, std::memory_order_relaxed);
    throw;
  }
  if (posted == Mailbox::Posted::shut) {
    return refuse(Code::closed, std::get<engine::Submission>(command), std::string(closed_message));
  }
  if (posted == Mailbox::Posted::first) running_.load(std::memory_order_acquire)->wakeup();
  return std::nullopt;
}

engine::Event Client::call(engine::Submission submission, Timeout timeout) {
  Rendezvous rendezvous;
  submission.recipient = blocking_calls;
  submission.token = rendezvous.token();
  if (auto error = submit(std::move(submission), timeout)) {
    engine::Event event;
    event.error = std::make_unique<Error>(std::move(*error));
    return event;
  }
  return rendezvous.wait();
}

void Client::post(Command command) {
  IoLoop* loop = running_.load(std::memory_order_acquire);
  if (loop != nullptr && mailbox_.post(std::move(command)) == Mailbox::Posted::first) loop->wakeup();
}

void Client::cancel(engine::Recipient recipient, std::uint64_t token) {
  if (!unusable()) post(CancelCommand{recipient, token});
}

std::optional<Error> Client::open(const std::shared_ptr<EventQueue>& queue, engine::Recipient& recipient) {
  const std::lock_guard lock(lifecycle_mutex_);
  if (auto error = unusable()) return error;
  recipient = recipients_.open(queue);
  return std::nullopt;
}

void Client::close(engine::Recipient recipient) {
  const std::lock_guard lock(lifecycle_mutex_);
  if (closed_ || forked()) return;
  IoLoop* const loop = running_.load(std::memory_order_acquire);
  const Mailbox::Posted posted = loop != nullptr ? mailbox_.post(CloseCommand{recipient}) : Mailbox::Posted::shut;
  if (posted == Mailbox::Posted::first) loop->wakeup();
  if (posted != Mailbox::Posted::shut) return;
  // Nothing was ever submitted, or the thread has given up, and may have closed this queue already.
  if (const auto queue = recipients_.queue(recipient)) queue->close();
  recipients_.forget(recipient);
}

void Client::close() {
  const std::lock_guard lock(lifecycle_mutex_);
  if (closed_.exchange(true)) return;
  mailbox_.shut();
  if (loop_) {
    loop_->wakeup();
    thread_.join();
  } else {
    for (const engine::Recipient recipient : recipients_.all()) {
      if (recipient != blocking_calls) recipients_.queue(recipient)->close();
    }
  }
}

ClientStatistics Client::statistics() const {
  const IoLoop* loop = running_.load(std::memory_order_acquire);
  ClientStatistics statistics = loop != nullptr ? loop->statistics() : ClientStatistics{};
  statistics.events_undelivered = recipients_.events_waiting();
  statistics.log_lines_dropped = log_.dropped();
  return statistics;
}

}  // namespace apimall
