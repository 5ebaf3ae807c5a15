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

/// 127.0.0.0/8 in four plain numbers. Whatever else a resolver would also take for an address is a name here.
bool is_loopback_v4(std::string_view host) {
  int parts = 0;
  for (std::size_t from = 0; from <= host.size(); ++parts) {
    const std::size_t dot = std::min(host.find('.', from), host.size());
    const std::string_view part = host.substr(from, dot - from);
    const bool digits = !part.empty() && part.find_first_not_of("0123456789") == part.npos;
    if (!digits || part.size() > 3 || (part.size() > 1 && part[0] == '0') || *parse_integer(part) > 255) return false;
    if (parts == 0 && part != "127") return false;
    from = dot + 1;
  }
  return parts == 4;
}

bool is_loopback(std::string_view host) { return host == "localhost" || host == "[::1]" || is_loopback_v4(host); }

/// Letters, digits, `.`, `-` and `_`, or an IPv6 address in brackets. libcurl would decode a percent sign, and other
/// software reads a backslash as a slash: a host that two readers may take for different ones gets no key.
bool is_plain_host(std::string_view host) {
  const bool brackets = host.starts_with('[') && host.ends_with(']');
  constexpr std::string_view in_names = "abcdefghijklmnopqrstuvwxyz0123456789.-_";
  constexpr std::string_view in_brackets = "0123456789abcdef:.";
  if (brackets) return host.substr(1, host.size() - 2).find_first_not_of(in_brackets) == host.npos;
  return host.find_first_not_of(in_names) == host.npos;
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
  if (!is_plain_host(host)) return refused("its host is neither a plain name nor an address");
  if (colon != authority.npos && !is_port(authority.substr(colon + 1))) return refused("its port is not 1 to 65535");
  if (scheme != "https" && scheme != "http") return refused("its scheme is neither https nor http");
  if (scheme == "http" && !is_loopback(host)) {
    return refused("http would send the API key in clear text; use https (http is for loopback addresses alone)");
  }
  if (path.find('\\') != path.npos) return refused("its path holds a backslash");
  while (path.ends_with('/')) path.remove_suffix(1);
  return scheme + "://" + host + std::string(colon == authority.npos ? "" : authority.substr(colon)) +
         std::string(path);
}

bool leads_to_loopback(std::string_view url) {
  if (const std::size_t scheme_end = url.find("://"); scheme_end != url.npos) url.remove_prefix(scheme_end + 3);
  url = url.substr(0, std::min(url.find_first_of("/?#\\"), url.size()));
  if (const std::size_t at = url.rfind('@'); at != url.npos) url.remove_prefix(at + 1);
  const std::size_t after_brackets = url.starts_with('[') ? std::min(url.find(']'), url.size()) : 0;
  return is_loopback(lower_case(url.substr(0, std::min(url.find(':', after_brackets), url.size()))));
}

std::string without_user(std::string_view url) {
  const std::size_t at = url.rfind('@');
  if (at == url.npos) return std::string(url);
  const std::size_t scheme_end = url.find("://");
  const std::size_t start = scheme_end == url.npos || scheme_end > at ? 0 : scheme_end + 3;
  return std::string(url.substr(0, start)) + "***" + std::string(url.substr(at));
}

}  // namespace apimall
