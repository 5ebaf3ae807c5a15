#include "rules.hpp"

#include <algorithm>

namespace apimall::simulation {
namespace {

using namespace std::chrono_literals;
using engine::Kind;

constexpr Duration least_distance = 200ms;

// The scheduler's promise, and what may come on top: the longest back-off after failures, and a tick of its clock.
constexpr Duration longest_wait = 5min;
constexpr Duration allowance = 35s;

constexpr int garbled_answers_forgiven = 4;

[[noreturn]] void violated(const std::string& what) { throw Violation(what); }

bool is_about_a_task(Kind kind) { return kind == Kind::get || kind == Kind::wait || kind == Kind::download; }

std::string name(Token token) { return "submission " + std::to_string(token); }

}  // namespace

Rules::Rules(const Scenario& scenario, const Gateway& gateway)
    : scenario_(scenario), gateway_(gateway), spare_(beginning) {
  const engine::Settings& settings = scenario.settings;
  if (settings.rate_per_second) known_limit_.emplace(*settings.rate_per_second, settings.rate_burst.value_or(1));
}

Rules::Work& Rules::work(Token token, const char* what) {
  if (token == 0 || token > works_.size()) violated(std::string(what) + " of an unknown submission");
  Work& found = works_[token - 1];
  if (!found.live) violated(std::string(what) + " of " + name(token) + ", which has ended");
  return found;
}

// --- inputs
// ----------------------------------------------------------------------------------------------------------------

void Rules::submitted(const Action& action, Instant now) {
  const engine::Submission& submission = action.submission;
  Work added;
  added.kind = submission.kind;
  added.recipient = submission.recipient;
  added.task = action.task;
  added.submitted = now;
  added.deadline = engine::later(now, submission.timeout);
  added.after = requests_;
  added.tells_changes = submission.tell_changes;
  added.tells_polls = submission.tell_polls;
  added.any_answer = submission.kind == Kind::get;
  works_.push_back(added);
  ++live_;
  const Token token = works_.size();
  if (added.deadline != engine::never) deadlines_.emplace(added.deadline, token);
  if (is_about_a_task(submission.kind) && !submission.more->task) watch(token, now);
}

void Rules::cancelled(engine::Recipient recipient, Token token) {
  Work& each = works_[token - 1];
  if (!each.live || each.recipient != recipient) return;
  if (each.kind == Kind::generate && each.in_flight > 0) return;  // its task id must not be lost
  each.may_be_cancelled = true;
  owe(token, Code::cancelled);
}

void Rules::closed(engine::Recipient recipient) {
  for (Token token = 1; token <= works_.size(); ++token) {
    Work& each = works_[token - 1];
    if (!each.live || each.recipient != recipient) continue;
    each.may_be_closed = true;
    owe(token, Code::closed);
  }
}

void Rules::answered(const Flight& flight, const Reply& reply, Instant now) {
  if (flight.what == Flight::What::fetch) return fetch_answered(flight, reply, now);
  if (scenario_.rate_headers != RateHeaders::none && reply.status != 0 && scenario_.limit.per_second > 0) {
    // What is left may be nothing until the bucket is full again.
    const double slowest =
        std::min(scenario_.limit.per_second, scenario_.changed_limit.per_second > 0 ? scenario_.changed_limit.per_second
                                                                                    : scenario_.limit.per_second);
    spare_.short_of_requests(now, now + engine::from_seconds(scenario_.limit.burst / slowest + 2));
  }
  if (reply.status == 429) {
    spare_.short_of_requests(now, now + 60s);
    if (reply.retry_after) {
      gateway_hold_ = std::max(gateway_hold_, now + *reply.retry_after);
      spare_.short_of_requests(now, now + *reply.retry_after + 60s);
    }
  }
  if (flight.what == Flight::What::poll) return poll_answered(flight, reply, now);
  if (flight.token == 0) return;
  Work& asked = works_[flight.token - 1];
  --asked.in_flight;
  if (reply.retry_after) asked.hold = now + *reply.retry_after;
  const bool surely_not = reply.status == 429 || (reply.broken != Code::ok && !reply.maybe_received);
  if (!surely_not) asked.maybe_accepted = true;
}

void Rules::poll_answered(const Flight& flight, const Reply& reply, Instant now) {
  Watch& seen = watches_.at(flight.task);
  seen.in_flight = false;
  seen.last_status = reply.status;
  seen.garbled_in_a_row = reply.meaning == Meaning::garbled ? seen.garbled_in_a_row + 1 : 0;
  seen.told_to_come_back.reset();
  seen.idle_since = now;
  if (reply.retry_after) {
    seen.told_to_come_back = now + *reply.retry_after;
    seen.hold = std::max(seen.hold, now + *reply.retry_after);
    seen.idle_since = seen.hold;
  }
  seen.spare_before = spare_.until(seen.idle_since);
  for (const Token token : std::vector<Token>(seen.works)) {
    Work& each = works_[token - 1];
    const bool enough = reply.meaning == Meaning::terminal ||
                        (reply.meaning == Meaning::running && each.any_answer && each.after < flight.number);
    if (!enough) continue;
    if (each.kind == Kind::download) {
      unwatch(token, now);  // from here on it fetches, or has ended
    } else {
      each.answered = true;
      owe(token, std::nullopt);
    }
  }
}

void Rules::fetch_answered(const Flight& flight, const Reply& reply, Instant now) {
  Work& download = work(flight.token, "an answer to a fetch");
  --download.in_flight;
  if (reply.retry_after) file_holds_[flight.token << 8 | static_cast<unsigned>(flight.file)] = now + *reply.retry_after;
  const bool expired = reply.status == 403 || reply.status == 404 || reply.status == 410;
  if (!expired || download.refreshed) return;
  download.refreshed = true;
  download.any_answer = true;
  download.after = requests_;
  watch(flight.token, now);
}

void Rules::watch(Token token, Instant now) {
  Work& joining = works_[token - 1];
  joining.watching = true;
  const auto [at, is_new] = watches_.try_emplace(joining.task);
  at->second.works.push_back(token);
  if (!is_new) return;
  at->second.idle_since = now;
  at->second.spare_before = spare_.until(now);
}

void Rules::unwatch(Token token, Instant now) {
  Work& leaving = works_[token - 1];
  if (!leaving.watching) return;
  leaving.watching = false;
  const auto at = watches_.find(leaving.task);
  std::erase(at->second.works, token);
  if (!at->second.works.empty()) return;
  check_not_starved(leaving.task, at->second, now);
  if (at->second.in_flight) ++polls_for_nobody_;
  watches_.erase(at);
}

void Rules::owe(Token token, std::optional<Code> code) { owed_.push_back({token, code}); }

// --- requests
// --------------------------------------------------------------------------------------------------------------

void Rules::sent(Flight& flight, Instant now) {
  flight.number = ++requests_;
  if (flight.what == Flight::What::fetch) return check_fetch(flight, now);
  if (now < gateway_hold_) {
    violated("a request " + std::to_string(engine::seconds(gateway_hold_ - now)) + " s before Retry-After allows one");
  }
  if (known_limit_) {
    if (known_limit_->level(now) < 1 - 1e-4) violated("the known rate limit is exceeded");
    known_limit_->take();
    // After a 429 the engine starts from an empty bucket, so its next request may have to wait for a whole token.
    spare_.short_of_requests(now, now + engine::from_seconds(2 / known_limit_->per_second()));
  } else {
    spare_.short_of_requests(now, now + 5s);
  }
  if (flight.what == Flight::What::poll) return check_poll(flight, now);
  if (flight.token == 0) return;
  Work& asked = work(flight.token, "a request");
  if (now < asked.hold) violated("the request of " + name(flight.token) + " is repeated before Retry-After allows it");
  if (now > asked.deadline) violated("the request of " + name(flight.token) + " is sent after its deadline");
  if (asked.in_flight > 0) violated("two requests of " + name(flight.token) + " are under way");
  if (asked.kind == Kind::generate && asked.maybe_accepted) {
    violated(name(flight.token) + " generates again what may have been accepted");
  }
  ++asked.in_flight;
}

void Rules::check_poll(Flight& flight, Instant now) {
  const std::string id = Gateway::id_of(flight.task);
  const auto at = watches_.find(flight.task);
  if (at == watches_.end()) violated("a poll of " + id + ", for which nobody waits");
  Watch& watched = at->second;
  if (watched.in_flight) violated("two polls of " + id + " are under way");
  if (watched.sent && now - *watched.sent < least_distance) {
    violated("polls of " + id + " lie " + std::to_string(engine::seconds(now - *watched.sent)) + " s apart");
  }
  if (now < watched.hold) violated("a poll of " + id + " before Retry-After allows one");
  const bool in_time = std::any_of(watched.works.begin(), watched.works.end(),
                                   [&](Token token) { return works_[token - 1].deadline > now; });
  if (!in_time) violated("a poll of " + id + " after all deadlines of those who wait for it");
  check_not_starved(flight.task, watched, now);
  watched.in_flight = true;
  watched.sent = now;
}

void Rules::check_not_starved(TaskNumber task, const Watch& watch, Instant now) {
  if (watch.in_flight || now <= watch.idle_since) return;
  const Duration spare = spare_.until(now) - watch.spare_before;
  if (spare <= longest_wait + allowance) return;
  violated(Gateway::id_of(task) + " was not polled for " + std::to_string(engine::seconds(now - watch.idle_since)) +
           " s, with requests to spare in " + std::to_string(engine::seconds(spare)) + " s of them");
}

void Rules::check_fetch(const Flight& flight, Instant now) {
  Work& download = work(flight.token, "a fetch");
  if (download.watching) violated(name(flight.token) + " fetches before its task has ended");
  if (now > download.deadline) violated(name(flight.token) + " fetches after its deadline");
  const auto hold = file_holds_.find(flight.token << 8 | static_cast<unsigned>(flight.file));
  if (hold != file_holds_.end() && now < hold->second) violated("a fetch before its host's Retry-After allows one");
  ++download.in_flight;
}

void Rules::abandoned(const Flight& flight) {
  if (flight.what != Flight::What::poll) {
    if (flight.token != 0) --works_[flight.token - 1].in_flight;
    return;
  }
  // A poll is given up with the last who waited for it.
  const auto at = watches_.find(flight.task);
  if (at != watches_.end() && at->second.in_flight) {
    violated("a poll of " + Gateway::id_of(flight.task) + " is given up while somebody waits for it");
  }
  --polls_for_nobody_;
}

// --- events
// ----------------------------------------------------------------------------------------------------------------

void Rules::told(const engine::Event& event, Instant now) {
  const bool final = event.type == engine::EventType::final;
  Work& asked = work(event.token, final ? "a final event" : "a progress event");
  if (event.recipient != asked.recipient || event.kind != asked.kind) violated("an event for somebody else");
  if (now > asked.deadline) violated("an event of " + name(event.token) + " after its deadline");
  if (is_about_a_task(asked.kind) && event.task && event.task->fields().task_id != Gateway::id_of(asked.task)) {
    violated("an event about another task");
  }
  if (!final) {
    if (!asked.tells_changes && !asked.tells_polls) violated("progress that nobody asked for");
    if (!event.task) violated("progress without a snapshot");
    return;
  }
  check_final(event, asked, now);
  unwatch(event.token, now);
  asked.live = false;
  --live_;
}

void Rules::check_final(const engine::Event& event, const Work& asked, Instant now) {
  if (event.error) return check_error(event, asked, now);
  if (!is_about_a_task(asked.kind)) return;
  if (!event.task) violated(name(event.token) + " ended without error and without task");
  const bool terminal = is_terminal(event.task->fields().status);
  if (asked.kind != Kind::download && !asked.answered)
    violated(name(event.token) + " ended by an answer that was none to it");
  if (asked.kind != Kind::get && !terminal) violated(name(event.token) + " ended before its task");
  if (terminal && now < gateway_.task(asked.task).ended) violated(name(event.token) + " ended before its task did");
}

void Rules::check_error(const engine::Event& event, const Work& asked, Instant now) {
  const Error& error = *event.error;
  const auto wrong = [&](const char* why) {
    violated(name(event.token) + " ended with " + std::string(apimall::name(error.code)) + ", " + why + ": " +
             error.message);
  };
  if (is_about_a_task(asked.kind) && error.task_id != Gateway::id_of(asked.task)) wrong("and without its task id");
  if (error.code == Code::deadline && now < asked.deadline) wrong("too soon");
  if (error.code == Code::cancelled && !asked.may_be_cancelled) wrong("which nobody did");
  if (error.code == Code::closed && !asked.may_be_closed) wrong("which nobody did");
  if (asked.kind != Kind::wait) return;
  // A wait outlives everything that passes.
  if (error.code == Code::deadline || error.code == Code::cancelled || error.code == Code::closed) return;
  const Watch& seen = watches_.at(asked.task);
  if (seen.last_status == 404 && error.code == Code::not_found) return;
  if (error.code == Code::protocol && seen.garbled_in_a_row > garbled_answers_forgiven) return;
  if (error.retry_after && seen.told_to_come_back && *seen.told_to_come_back > asked.deadline) return;
  wrong("which would have passed");
}

void Rules::paid() {
  if (polls_for_nobody_ != 0) violated("a poll that nobody waits for goes on");
  for (const Debt& debt : owed_) {
    if (!works_[debt.token - 1].live) continue;
    violated(debt.code ? name(debt.token) + " goes on after it was " + std::string(apimall::name(*debt.code))
                       : "an answer did not reach " + name(debt.token));
  }
  owed_.clear();
}

// --- steps
// -----------------------------------------------------------------------------------------------------------------

void Rules::settled(engine::Engine& engine, std::size_t in_flight, Instant now) {
  while (!deadlines_.empty() && (deadlines_.top().first <= now || !works_[deadlines_.top().second - 1].live)) {
    if (works_[deadlines_.top().second - 1].live) violated(name(deadlines_.top().second) + " outlives its deadline");
    deadlines_.pop();
  }
  if (engine.outstanding() != live_) {
    violated("the engine holds " + std::to_string(engine.outstanding()) + " submissions, not " + std::to_string(live_));
  }
  if (engine.in_flight() != in_flight) {
    violated("the engine has " + std::to_string(engine.in_flight()) + " requests under way, not " +
             std::to_string(in_flight));
  }
  if (in_flight > scenario_.settings.max_in_flight) violated("too many requests are under way");
  // What is short now may be so until the next answer, and that comes within a request's timeout.
  if (in_flight == scenario_.settings.max_in_flight) spare_.short_of_requests(now, now + scenario_.request_timeout);
  if (engine.scheduler().size() != watches_.size()) {
    violated("the scheduler watches " + std::to_string(engine.scheduler().size()) + " tasks, not " +
             std::to_string(watches_.size()));
  }
}

void Rules::ended(engine::Engine& engine, std::size_t in_flight, Instant now) {
  settled(engine, in_flight, now);
  if (live_ != 0) violated(std::to_string(live_) + " submissions are still outstanding after everything was closed");
  if (in_flight != 0) violated(std::to_string(in_flight) + " requests are still under way after everything was closed");
  if (engine.wake(now) != engine::never) violated("the engine wants to be woken when there is nothing left to do");
}

}  // namespace apimall::simulation
