#include "net/origin.hpp"

#include <new>

#include "net/curl_handles.hpp"

namespace apimall::net {
namespace {

constexpr std::size_t longest_shown = 200;

std::optional<std::string> part(CURLU* url, CURLUPart what, unsigned flags = 0) {
  char* text = nullptr;
  const CURLUcode code = curl_url_get(url, what, &text, flags);
  if (code == CURLUE_OUT_OF_MEMORY) throw std::bad_alloc();
  if (code != CURLUE_OK || text == nullptr) return std::nullopt;
  std::string copy(text);
  curl_free(text);
  return copy;
}

/// One word of foreign text, perhaps a URL.
std::string redacted_word(std::string_view word) {
  std::string text(word);
  const std::size_t scheme = text.find("://");
  const std::size_t start = scheme == std::string::npos ? 0 : scheme + 3;
  if (const std::size_t query = text.find('?', start); scheme != std::string::npos && query != std::string::npos) {
    text.resize(query);
    text += "?…";
  }
  if (const std::size_t at = text.rfind('@'); at != std::string::npos && at >= start) {
    text.replace(start, at - start, "***");
  }
  return text;
}

}  // namespace

std::optional<Origin> parse_origin(const std::string& url) {
  const UrlHandle handle(curl_url());
  if (handle == nullptr) throw std::bad_alloc();
  const CURLUcode code = curl_url_set(handle.get(), CURLUPART_URL, url.c_str(), 0);
  if (code == CURLUE_OUT_OF_MEMORY) throw std::bad_alloc();
  if (code != CURLUE_OK || url.find('\0') != std::string::npos) return std::nullopt;
  const auto scheme = part(handle.get(), CURLUPART_SCHEME);
  if (!scheme || (*scheme != "https" && *scheme != "http")) return std::nullopt;
  const auto host = part(handle.get(), CURLUPART_HOST);
  const auto port = part(handle.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT);
  if (!host || host->empty() || !port) return std::nullopt;
  Origin origin;
  origin.tls = *scheme == "https";
  origin.host = *host;
  origin.port = *port;
  origin.path = part(handle.get(), CURLUPART_PATH).value_or("/");
  origin.has_credentials = part(handle.get(), CURLUPART_USER) || part(handle.get(), CURLUPART_PASSWORD);
  return origin;
}

std::string shown_url(const std::string& url) {
  const auto origin = parse_origin(url);
  if (!origin) return "an address that is no http or https URL";
  std::string text = (origin->tls ? "https://" : "http://") + origin->host;
  if (origin->port != (origin->tls ? "443" : "80")) text += ":" + origin->port;
  text += origin->path;
  if (text.size() > longest_shown) {
    text.resize(longest_shown);
    text += "…";
  }
  if (url.find('?') != std::string::npos) text += "?…";
  return text;
}

std::string redacted(std::string_view text, std::string_view secret) {
  std::string clean(text);
  if (!secret.empty()) {
    for (std::size_t at = clean.find(secret); at != std::string::npos; at = clean.find(secret, at + 3)) {
      clean.replace(at, secret.size(), "***");
    }
  }
  constexpr std::string_view between = " \t\r\n'\"";
  std::string out;
  for (std::size_t from = 0; from <= clean.size();) {
    std::size_t to = clean.find_first_of(between, from);
    if (to == std::string::npos) to = clean.size();
    out += redacted_word(std::string_view(clean).substr(from, to - from));
    if (to < clean.size()) out += clean[to];
    from = to + 1;
  }
  return out;
}

}  // namespace apimall::net
