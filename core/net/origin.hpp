// URLs as far as this floor looks into them: whose they are, and how to speak of them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace apimall::net {

/// The parts of an http or https URL that decide where a request goes.
struct Origin {
  bool tls = true;
  std::string host;  ///< as in the URL; an IPv6 address in brackets
  std::string port;  ///< always given
  std::string path;  ///< without query and fragment, at least `/`
  bool has_credentials = false;

  std::string host_and_port() const { return host + ":" + port; }
};

/// Nothing for what is not an http or https URL with a host.
std::optional<Origin> parse_origin(const std::string& url);

/// The URL for an error's text or a log: no credentials, no fragment, and the query (where signed URLs carry their
/// signature) as `?…`; shortened when it is very long.
std::string shown_url(const std::string& url);

/// Foreign text (libcurl's own messages) without the secret, without the credentials of URLs and without their queries.
std::string redacted(std::string_view text, std::string_view secret);

}  // namespace apimall::net
