#include "virtual_gateway.hpp"

#include <algorithm>
#include <stdexcept>

namespace apimall::test {
namespace {

template <typename... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};

Duration latency_of(const Reply& reply) {
  return std::visit([](const auto& each) { return each.latency; }, reply);
}

}  // namespace

std::string task_json(const std::string& id, const std::string& status, int duration_s) {
  const bool completed = status == "completed";
  const bool ended = completed || status == "failed";
  const UnixMillis created = 1'773'307'800'000;
  const std::string url = completed ? "\"https://cdn.apimall.ai/generated/" + id + ".webp\"" : "null";
  return "{\"success\":true,\"data\":{\"task_id\":\"" + id + "\",\"model\":\"nano-banana\",\"status\":\"" + status +
         "\",\"output\":" + (completed ? "{\"resultUrls\":[" + url + "]}" : "null") + ",\"primary_url\":" + url +
         ",\"image_url\":" + url + ",\"error_message\":" + (status == "failed" ? "\"it did not work\"" : "null") +
         ",\"credits_used\":8,\"credits_refunded\":0,\"created_at\":\"" + format_timestamp(created) +
         "\",\"updated_at\":\"" + format_timestamp(created) +
         "\",\"completed_at\":" + (ended ? "\"" + format_timestamp(created + duration_s * 1000) + "\"" : "null") +
         "},\"request_id\":\"req_1\"}";
}

Answer task_answer(const std::string& id, const std::string& status) { return {200, task_json(id, status), {}}; }

Answer error_answer(int status, std::vector<std::string> headers, std::string body) {
  return {status, std::move(body), std::move(headers)};
}

Reply file_answer(const std::string& path) {
  engine::FetchOutcome outcome;
  outcome.status = 200;
  outcome.file = DownloadedFile{path, "", "image/webp", 10};
  return Fetch{outcome};
}

VirtualGateway::VirtualGateway(engine::Settings settings) : engine_(settings, log_) {}

void VirtualGateway::script(const std::string& where, std::function<Reply(Duration)> reply) {
  timed_scripts_[where] = std::move(reply);
}

void VirtualGateway::script(const std::string& where, std::vector<Reply> replies) {
  scripts_[where].assign(replies.begin(), replies.end());
}

std::uint64_t VirtualGateway::submit(engine::Submission submission) {
  submission.recipient = 1;
  if (submission.token == 0) submission.token = ++tokens_;
  const std::uint64_t token = submission.token;
  engine_.submit(submission, now_);
  settle();
  return token;
}

std::uint64_t VirtualGateway::wait(const std::string& id, std::optional<Duration> timeout) {
  engine::Submission submission;
  submission.kind = engine::Kind::wait;
  submission.task_id = id;
  if (timeout) submission.timeout = *timeout;
  return submit(std::move(submission));
}

std::uint64_t VirtualGateway::get(const std::string& id) {
  engine::Submission submission;
  submission.kind = engine::Kind::get;
  submission.task_id = id;
  return submit(std::move(submission));
}

void VirtualGateway::settle() {
  engine_.advance(now_);
  for (const engine::ExchangeId id : engine_.take_abandoned()) {
    std::erase_if(under_way_, [&](const auto& entry) { return entry.second.id == id; });
  }
  while (auto send = engine_.next_send(now_)) {
    const std::string target = std::visit(Overloaded{[](const wire::Request& request) { return request.target; },
                                                     [](const engine::FetchOrder& order) { return order.url; }},
                                          send->what);
    sent_.push_back({now_, target});
    Reply reply = reply_to(target);
    const Instant due = now_ + latency_of(reply);
    under_way_.emplace(due, UnderWay{send->id, std::move(reply)});
  }
  for (engine::Event& event : engine_.take_events()) {
    if (event.type == engine::EventType::final) ended_at_[event.token] = elapsed();
    events.push_back(std::move(event));
  }
}

Reply VirtualGateway::reply_to(const std::string& target) {
  for (const auto& [where, reply] : timed_scripts_) {
    if (target.find(where) != target.npos) return reply(elapsed());
  }
  for (auto& [where, replies] : scripts_) {
    if (target.find(where) == target.npos) continue;
    Reply reply = replies.front();
    if (replies.size() > 1) replies.pop_front();
    return reply;
  }
  throw std::logic_error("no script for " + target);
}

void VirtualGateway::answer(UnderWay exchange) {
  std::visit(Overloaded{
                 [&](Answer& answer) {
                   wire::Response response;
                   response.status = answer.status;
                   for (const std::string& line : answer.headers) response.headers.read_line(line, 0);
                   const std::string padded = answer.body + std::string(wire::body_padding, '\0');
                   response.body = std::string_view(padded).substr(0, answer.body.size());
                   engine_.responded(exchange.id, response, now_);
                 },
                 [&](Broken& broken) {
                   Error error;
                   error.code = broken.code;
                   error.retryable = broken.retryable;
                   error.message = "broken by script";
                   engine_.failed(exchange.id, error, broken.maybe_received, now_);
                 },
                 [&](Fetch& fetch) { engine_.fetched(exchange.id, fetch.outcome, now_); },
             },
             exchange.reply);
}

void VirtualGateway::run_for(Duration span) {
  const Instant end = now_ + span;
  int turns_without_time = 0;
  for (;;) {
    settle();
    Instant next = engine_.wake(now_);
    if (!under_way_.empty()) next = std::min(next, under_way_.begin()->first);
    if (next > end) break;
    if (next <= now_ && ++turns_without_time > 10'000) throw std::logic_error("the engine spins");
    if (next > now_) turns_without_time = 0;
    now_ = std::max(now_, next);
    while (!under_way_.empty() && under_way_.begin()->first <= now_) {
      UnderWay exchange = std::move(under_way_.begin()->second);
      under_way_.erase(under_way_.begin());
      answer(std::move(exchange));
    }
  }
  now_ = end;
}

void VirtualGateway::run_to_end(Duration limit) {
  const Instant end = now_ + limit;
  settle();
  while (engine_.outstanding() > 0 && now_ < end) {
    Instant next = engine_.wake(now_);
    if (!under_way_.empty()) next = std::min(next, under_way_.begin()->first);
    run_for(std::max<Duration>(std::min(next, end) - now_, 0us));
  }
  settle();
}

std::vector<Duration> VirtualGateway::sent_at(const std::string& where) const {
  std::vector<Duration> times;
  for (const Sent& each : sent_) {
    if (each.target.find(where) != each.target.npos) times.push_back(each.at - start);
  }
  return times;
}

std::vector<const engine::Event*> VirtualGateway::finals(std::uint64_t token) const {
  std::vector<const engine::Event*> found;
  for (const engine::Event& event : events) {
    if (event.token == token && event.type == engine::EventType::final) found.push_back(&event);
  }
  return found;
}

const engine::Event& VirtualGateway::final(std::uint64_t token) const {
  const auto found = finals(token);
  if (found.size() != 1) throw std::logic_error("expected one final event, not " + std::to_string(found.size()));
  return *found.front();
}

}  // namespace apimall::test
