// The certificate authorities of a PEM bundle as a store for OpenSSL that parses a certificate when it is first asked
// for.
//
// Parsing some 150 of them takes twenty milliseconds, of which a program that makes one request needs one certificate's
// worth. Verification is OpenSSL's own, unchanged: before it looks for a name in the store, the bundle's certificates
// that may have that name are added. A mistake here can only make it miss an authority, never trust another.
//
// A bundle that is not plain, or a libcurl with another TLS library, is for libcurl to load: `open` gives nothing then.
#pragma once

#include <curl/curl.h>

#include <chrono>
#include <memory>
#include <string>

#include "net/bundle_file.hpp"

namespace apimall::net {

class LazyTrust {
 public:
  static std::unique_ptr<LazyTrust> open(const std::string& file);
  ~LazyTrust();
  LazyTrust(const LazyTrust&) = delete;
  LazyTrust& operator=(const LazyTrust&) = delete;

  /// Makes this what a new connection trusts; `ssl_context` is libcurl's `SSL_CTX`. A bundle that has been changed is
  /// read anew. From one thread at a time, as are the handshakes of these connections.
  CURLcode serve(void* ssl_context) noexcept;
  /// The same in the form of `CURLOPT_SSL_CTX_FUNCTION`.
  static CURLcode on_context(CURL* handle, void* ssl_context, void* self) noexcept;

  /// How many certificates have been parsed.
  std::size_t parsed() const;

 private:
  class Contents;
  LazyTrust(std::string file, FileState state, std::unique_ptr<Contents> contents);
  bool refresh();

  const std::string file_;
  FileState state_;
  std::unique_ptr<Contents> contents_;
  std::chrono::steady_clock::time_point vouched_for_;  ///< when the file was last seen to be as it was read
};

}  // namespace apimall::net
