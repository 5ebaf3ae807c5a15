#include "net/api_exchange.hpp"

#include <stdexcept>
#include <utility>

namespace apimall::net {
namespace {

/// A new connection is cheap beside a `generate` lost on one that the other side was just closing: libcurl never sends
/// a POST twice for us (see `on_attempt`), so it had better not meet a stale connection. Common servers keep idle ones
/// for at least five seconds.
constexpr long post_connection_age_s = 4;

/// libcurl allocates this much for each request and frees it again; of its usual 16 KB, malloc gave the memory of a
/// whole batch back to the system and fetched it anew for the next.
constexpr long receive_bytes = 4096;

/// Looks at a header line's first letters only: most lines are of no interest, and this is done for each.
bool matters(std::string_view line) {
  if (line.size() < 5) return false;
  switch (line[0] | 0x20) {
    case 'r':  // Retry-After, RateLimit, RateLimit-*, Retry-After-Ms
    case 'x':  // X-RateLimit-*, X-Request-Id, X-Ms-*
      return true;
    case 'h':  // HTTP/…: a new answer begins
      return line[4] == '/';
    case 'd':
      return line[4] == ':';  // Date
    case 'c':
      return line.size() > 13 && line[12] == ':' && (line[8] | 0x20) == 't';  // Content-Type
    case 'l':
      return (line[1] | 0x20) == 'o';  // Location, and not Last-Modified
    default:
      return false;
  }
}

}  // namespace

Gateway::Gateway(const TransportSettings& settings, const ConnectionOptions& connection)
    : connection_(connection), base_url_(settings.base_url), max_response_bytes_(settings.max_response_bytes) {
  auto origin = parse_origin(base_url_);
  if (!origin || origin->has_credentials) throw std::invalid_argument("the base URL is not an http or https URL");
  origin_ = std::move(*origin);
  while (!origin_.path.empty() && origin_.path.back() == '/') origin_.path.pop_back();
  while (!base_url_.empty() && base_url_.back() == '/') base_url_.pop_back();
  where_ = origin_.host_and_port();
  url_.reset(curl_url());
  if (url_ == nullptr || curl_url_set(url_.get(), CURLUPART_URL, base_url_.c_str(), 0) != CURLUE_OK)
    throw std::bad_alloc();
  const std::string authorization = "Authorization: Bearer " + settings.api_key;
  if (authorization.find_first_of(std::string("\r\n\0", 3)) != std::string::npos) {
    throw std::invalid_argument("the API key contains a line break");
  }
  // libcurl formats its own User-Agent option twice per request, but a line of a list once.
  const std::string user_agent = "User-Agent: " + settings.user_agent;
  // And it formats them letter by letter: a line that does nothing for a poll is left out.
  for (HeaderList* list : {&poll_headers_, &get_headers_, &post_headers_}) {
    append_line(*list, authorization.c_str());
    if (!settings.user_agent.empty()) append_line(*list, user_agent.c_str());
    append_line(*list, "Accept: application/json");
    append_line(*list, list == &poll_headers_ ? "Accept-Encoding:" : "Accept-Encoding: gzip, deflate");
  }
  append_line(post_headers_, "Content-Type: application/json");
  append_line(post_headers_, "Expect:");  // no waiting for "100 Continue"
}

void Gateway::prepare(CURL* handle) const {
  using Towards = ConnectionOptions::Towards;
  connection_.apply(handle, origin_.tls ? Towards::gateway_with_tls : Towards::gateway_in_the_clear);
  // Parsed once for all requests; what differs between them is the target alone.
  if (!url_per_request()) require(handle, CURLOPT_CURLU, url_.get());
  require(handle, CURLOPT_FOLLOWLOCATION, 0L);
  prefer(handle, CURLOPT_BUFFERSIZE, receive_bytes);
  require(handle, CURLOPT_PATH_AS_IS, 1L);
  prefer(handle, CURLOPT_ACCEPT_ENCODING, "gzip, deflate");  // unpacks whatever comes, asked for or not
}

curl_slist* Gateway::headers_of(const wire::Request& request) const {
  if (request.method == wire::Method::post) return post_headers_.get();
  return request.brief ? poll_headers_.get() : get_headers_.get();
}

void Gateway::aim(CURL* handle, const std::string& target, std::string& scratch) const {
  if (url_per_request()) {
    // A proxy for clear HTTP wants the whole URL in the request line, and libcurl makes that from the URL alone.
    scratch.assign(base_url_).append(target);
    require(handle, CURLOPT_URL, scratch.c_str());
  } else if (origin_.path.empty()) {
    require(handle, CURLOPT_REQUEST_TARGET, target.c_str());
  } else {
    scratch.assign(origin_.path).append(target);
    require(handle, CURLOPT_REQUEST_TARGET, scratch.c_str());
  }
}

ApiExchange::ApiExchange(const Gateway& gateway) : Exchange(Kind::api), gateway_(gateway) {
  gateway_.prepare(handle());
  require(handle(), CURLOPT_HEADERDATA, static_cast<void*>(this));
  require(handle(), CURLOPT_HEADERFUNCTION, &ApiExchange::on_header);
  require(handle(), CURLOPT_WRITEDATA, static_cast<void*>(this));
  require(handle(), CURLOPT_WRITEFUNCTION, &ApiExchange::on_body);
#if LIBCURL_VERSION_NUM >= 0x075000
  require(handle(), CURLOPT_PREREQDATA, static_cast<void*>(this));
#endif
}

void ApiExchange::become(const wire::Request& request) {
  curl_slist* const lines = gateway_.headers_of(request);
  if (lines == lines_) return;
  lines_ = lines;
  require(handle(), CURLOPT_HTTPHEADER, lines);
  if (request.method == method_) return;
  const bool post = request.method == wire::Method::post;
  require(handle(), post ? CURLOPT_POST : CURLOPT_HTTPGET, 1L);
  prefer(handle(), CURLOPT_MAXAGE_CONN, post ? post_connection_age_s : 118L);
  bool guarded = false;
#if LIBCURL_VERSION_NUM >= 0x075000
  guarded = prefer(handle(), CURLOPT_PREREQFUNCTION, post ? &ApiExchange::on_attempt : curl_prereq_callback{nullptr});
#endif
  // An older libcurl sends a POST again by itself when a reused connection breaks, so it does not get one to reuse.
  if (!guarded) require(handle(), CURLOPT_FRESH_CONNECT, post ? 1L : 0L);
  method_ = request.method;
}

void ApiExchange::start(ExchangeId new_id, const wire::Request& request) {
  id = new_id;
  attempts_ = 0;
  too_large_ = false;
  out_of_memory_ = false;
  forget_error();
  become(request);
  gateway_.aim(handle(), request.target, url_scratch_);
  if (request.method == wire::Method::post) {
    sent_body_ = request.body;
    require(handle(), CURLOPT_POSTFIELDS, sent_body_.c_str());
    require(handle(), CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(sent_body_.size()));
  }
}

wire::Response ApiExchange::take_response() {
  long status = 0;
  curl_easy_getinfo(handle(), CURLINFO_RESPONSE_CODE, &status);
  return {static_cast<int>(status), std::move(headers_), body_.sealed()};
}

std::size_t ApiExchange::on_header(char* line, std::size_t, std::size_t count, void* self) noexcept {
  std::string_view text(line, count);
  if (!matters(text)) return count;
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  auto& exchange = *static_cast<ApiExchange*>(self);
  try {
    exchange.headers_.read_line(text, exchange.gateway_.now_ms, exchange.gateway_.date_memo);
  } catch (...) {  // libcurl's frames are C
    exchange.out_of_memory_ = true;
    return 0;
  }
  return count;
}

std::size_t ApiExchange::on_body(char* bytes, std::size_t, std::size_t count, void* self) noexcept {
  auto& exchange = *static_cast<ApiExchange*>(self);
  switch (exchange.body_.append(bytes, count, exchange.gateway_.max_response_bytes())) {
    case BodyBuffer::Append::done:
      return count;
    case BodyBuffer::Append::too_large:
      exchange.too_large_ = true;
      return 0;
    case BodyBuffer::Append::out_of_memory:
      break;
  }
  exchange.out_of_memory_ = true;
  return 0;
}

/// libcurl repeats a request by itself when a reused connection ends without an answer. For a POST that would be paying
/// twice, unless nothing of the first one was written.
int ApiExchange::on_attempt(void* self, char*, char*, int, int) noexcept {
  auto& exchange = *static_cast<ApiExchange*>(self);
  ++exchange.attempts_;
  return exchange.attempts_ > 1 && exchange.request_sent() ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

}  // namespace apimall::net
