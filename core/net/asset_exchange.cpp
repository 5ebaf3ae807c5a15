#include "net/asset_exchange.hpp"

#include <algorithm>

#include "net/content_range.hpp"
#include "net/origin.hpp"

namespace apimall::net {
namespace {

constexpr long most_redirects = 5;
/// With libcurl's 16 KB a picture takes a dozen rounds of waiting, reading and writing, and a film thousands.
constexpr long receive_bytes = 256L << 10;
/// Reading a short error page to its end keeps the connection; a long one is not worth it.
constexpr std::uint64_t most_drained = 64u << 10;

/// The value of `line` if it is the header `name` (in lower case).
std::optional<std::string_view> value_of(std::string_view line, std::string_view name) {
  if (line.size() <= name.size() || line[name.size()] != ':') return std::nullopt;
  const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + 32) : a) == b; };
  if (!std::equal(name.begin(), name.end(), line.begin(), [&](char b, char a) { return same(a, b); }))
    return std::nullopt;
  line.remove_prefix(name.size() + 1);
  const std::size_t start = line.find_first_not_of(" \t");
  if (start == line.npos) return std::string_view();
  return line.substr(start, line.find_last_not_of(" \t") - start + 1);
}

}  // namespace

AssetExchange::AssetExchange(const ConnectionOptions& connection, const std::string& user_agent)
    : Exchange(Kind::asset), user_agent_(user_agent) {
  connection.apply(handle(), ConnectionOptions::Towards::any_host);
  require(handle(), CURLOPT_HEADERDATA, static_cast<void*>(this));
  require(handle(), CURLOPT_HEADERFUNCTION, &AssetExchange::on_header);
  require(handle(), CURLOPT_WRITEDATA, static_cast<void*>(this));
  require(handle(), CURLOPT_WRITEFUNCTION, &AssetExchange::on_body);
  prefer(handle(), CURLOPT_BUFFERSIZE, receive_bytes);
  require(handle(), CURLOPT_FOLLOWLOCATION, 1L);
  require(handle(), CURLOPT_MAXREDIRS, most_redirects);
  require(handle(), CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
}

std::optional<Failure> AssetExchange::start(ExchangeId new_id, const FetchRequest& request) {
  id = new_id;
  request_ = request;
  restarted_ = false;
  const auto origin = parse_origin(request.url);
  if (!origin || origin->has_credentials) {
    return Failure{Code::download_failed,
                   origin ? "a result URL with a user name or password in it is refused: " + shown_url(request.url)
                          : "a result URL is not an http or https URL",
                   false, false};
  }
  // A download that began under TLS does not go on without.
#if LIBCURL_VERSION_NUM >= 0x075500
  require(handle(), CURLOPT_REDIR_PROTOCOLS_STR, origin->tls ? "https" : "http,https");
#else
  require(handle(), CURLOPT_REDIR_PROTOCOLS,
          static_cast<long>(origin->tls ? CURLPROTO_HTTPS : CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
  require(handle(), CURLOPT_URL, request_.url.c_str());
  file_ = AssetFile(request_.folder, request_.stem,
                    (origin->tls ? "https://" : "http://") + origin->host_and_port() + origin->path);
  asked_ = file_.resume();
  ask();
  return std::nullopt;
}

void AssetExchange::restart() {
  restarted_ = true;
  asked_.reset();
  ask();
}

void AssetExchange::ask() {
  forget_error();
  body_ = Body::undecided;
  status_ = 0;
  failure_.reset();
  HeaderList list;
  append_line(list, "Accept: image/*, video/*, */*;q=0.5");
  append_line(list, "Accept-Encoding: identity");
  if (!user_agent_.empty()) append_line(list, ("User-Agent: " + user_agent_).c_str());
  if (asked_) {
    append_line(list, ("Range: bytes=" + std::to_string(file_.size()) + "-").c_str());
    append_line(list, ("If-Range: " + asked_->if_range).c_str());
  }
  require(handle(), CURLOPT_HTTPHEADER, list.get());
  sent_headers_ = std::move(list);
}

void AssetExchange::read_header(std::string_view line) {
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
  headers_.read_line(
      line, std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
                .count());
  if (line.starts_with("HTTP/")) {  // also after a redirect: what the last one said does not count
    const std::size_t space = line.find(' ');
    status_ = space == line.npos ? 0 : static_cast<int>(whole_number(line.substr(space + 1, 3)).value_or(0));
    seen_ = Validator();
    content_range_.clear();
    content_encoding_.clear();
    drained_ = 0;
  } else if (const auto etag = value_of(line, "etag")) {
    if (etag->starts_with('"')) seen_.if_range = *etag;  // a weak one does not vouch for bytes
  } else if (const auto date = value_of(line, "last-modified")) {
    if (seen_.if_range.empty()) seen_.if_range = *date;
  } else if (const auto length = value_of(line, "content-length")) {
    seen_.total = whole_number(*length);
  } else if (const auto range = value_of(line, "content-range")) {
    content_range_ = *range;
  } else if (const auto encoding = value_of(line, "content-encoding")) {
    content_encoding_ = *encoding;
  }
}

void AssetExchange::decide() {
  if (status_ == 206) return decide_partial();
  if (status_ == 416 && asked_ && !restarted_) {
    body_ = Body::restart;
  } else if (status_ < 200 || status_ >= 300) {
    body_ = Body::drain;
  } else if (!content_encoding_.empty() && content_encoding_ != "identity") {
    body_ = Body::refused;
    failure_ = Failure{
        Code::download_failed,
        shown_url(request_.url) + " came encoded as \"" + content_encoding_ + "\" though that was not asked for.", true,
        false};
  } else if (auto failure = file_.begin(seen_)) {
    body_ = Body::refused;
    failure_ = std::move(failure);
  } else {
    body_ = Body::keep;
  }
}

/// Whether a part is of the file that was asked to go on with. A host that ignores `If-Range` sends one of another
/// file.
bool AssetExchange::same_file() const {
  const bool both_tags = seen_.if_range.starts_with('"') == asked_->if_range.starts_with('"');
  return seen_.if_range.empty() || !both_tags || seen_.if_range == asked_->if_range;
}

void AssetExchange::decide_partial() {
  const auto range = parse_content_range(content_range_);
  const bool encoded = !content_encoding_.empty() && content_encoding_ != "identity";
  const bool fits = asked_ && range && range->first == file_.size() && same_file() && !encoded &&
                    (!asked_->total || !range->total || *asked_->total == *range->total);
  if (fits) {
    body_ = Body::keep;
    seen_.total = range->total ? range->total : asked_->total;
  } else if (asked_ && !restarted_) {
    body_ = Body::restart;
  } else {
    body_ = Body::refused;
    failure_ =
        Failure{Code::download_failed, shown_url(request_.url) + " gave a part that was not asked for.", true, true};
  }
}

bool AssetExchange::take(std::string_view bytes) {
  touched = Clock::now();
  if (body_ == Body::undecided) decide();
  if (body_ == Body::drain) return (drained_ += bytes.size()) <= most_drained;
  if (body_ != Body::keep) return false;
  if (auto failure = file_.append(bytes)) {
    failure_ = std::move(failure);
    body_ = Body::refused;
    file_.discard();
    return false;
  }
  return true;
}

AssetExchange::Next AssetExchange::after(CURLcode result) {
  // A body of no bytes is never handed over.
  if (result == CURLE_OK && body_ == Body::undecided) decide();
  switch (body_) {
    case Body::restart:
      file_.discard();
      return Next::restart;
    case Body::keep:
      break;
    default:
      return Next::report;
  }
  if (result != CURLE_OK) return Next::report;
  if (seen_.total && *seen_.total != file_.size()) {
    failure_ = Failure{Code::download_failed,
                       shown_url(request_.url) + " gave " + std::to_string(file_.size()) + " bytes in place of " +
                           std::to_string(*seen_.total) + ". Trying again may help.",
                       true, true};
    if (file_.size() > *seen_.total) file_.discard();
    return Next::report;
  }
  return Next::finish;
}

std::optional<std::variant<Fetched, Failure>> AssetExchange::take_report() {
  if (failure_) return std::move(*failure_);
  if (body_ != Body::drain) return std::nullopt;
  Fetched fetched;
  fetched.status = status_;
  fetched.retry_after = headers_.retry_after;
  return fetched;
}

std::size_t AssetExchange::on_header(char* line, std::size_t, std::size_t count, void* self) noexcept {
  auto& exchange = *static_cast<AssetExchange*>(self);
  exchange.touched = Clock::now();
  try {
    exchange.read_header({line, count});
  } catch (...) {  // libcurl's frames are C
    return 0;
  }
  return count;
}

std::size_t AssetExchange::on_body(char* bytes, std::size_t, std::size_t count, void* self) noexcept {
  try {
    return static_cast<AssetExchange*>(self)->take({bytes, count}) ? count : 0;
  } catch (...) {
    return 0;
  }
}

}  // namespace apimall::net
