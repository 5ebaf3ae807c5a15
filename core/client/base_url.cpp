#include "client/base_url.hpp"

#include <algorithm>
#include <cctype>

#include "client/quantity.hpp"

namespace apimall {
namespace {

Error refused(std::string_view why) {
  Error error;
  error.code = Code::invalid_setting;
  error.message = std::string(why);
  return error;
}

bool is_loopback(std::string_view host) {
  if (host == "localhost" || host == "[::1]") return true;
  if (!host.starts_with("127.")) return false;
  return std::count(host.begin(), host.end(), '.') == 3 && host.find_first_not_of("0123456789.") == host.npos;
}

bool is_port(std::string_view text) {
  const auto port = parse_integer(text);
  return port && *port >= 1 && *port <= 65535;
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

}  // namespace

Result<std::string> check_base_url(std::string_view url) {
  if (url.size() > 2048) return refused("it is longer than 2048 bytes");
  if (std::any_of(url.begin(), url.end(), [](unsigned char c) { return c <= 0x20 || c >= 0x7f; })) {
    return refused("it holds a space, a control character or a byte outside ASCII");
  }
  const std::size_t scheme_end = url.find("://");
  if (scheme_end == url.npos) return refused("it has no scheme; it must begin with https://");
  const std::string scheme = lower_case(url.substr(0, scheme_end));
  const std::string_view rest = url.substr(scheme_end + 3);
  const std::size_t path_at = std::min(rest.find_first_of("/?#"), rest.size());
  const std::string_view authority = rest.substr(0, path_at);
  std::string_view path = rest.substr(path_at);
  if (path.find_first_of("?#") != path.npos) return refused("it must end with the host or a path, without ? or #");
  if (authority.find('@') != authority.npos) return refused("it must not hold a user name or password");

  const std::size_t after_brackets = authority.starts_with('[') ? authority.find(']') : 0;
  if (after_brackets == authority.npos) return refused("the [ of its host is never closed");
  const std::size_t colon = authority.find(':', after_brackets);
  const std::string host = lower_case(authority.substr(0, colon));
  if (host.empty()) return refused("it has no host");
  if (colon != authority.npos && !is_port(authority.substr(colon + 1))) return refused("its port is not 1 to 65535");
  if (scheme != "https" && scheme != "http") return refused("its scheme is neither https nor http");
  if (scheme == "http" && !is_loopback(host)) {
    return refused("http would send the API key in clear text; use https (http is for loopback addresses alone)");
  }
  while (path.ends_with('/')) path.remove_suffix(1);
  return scheme + "://" + host + std::string(colon == authority.npos ? "" : authority.substr(colon)) +
         std::string(path);
}

}  // namespace apimall
