// The last net under the API key: whatever the gateway, a proxy or a library repeats to us, it does not leave in a
// message.
#pragma once

#include <string>
#include <utility>

#include "model/error.hpp"

namespace apimall {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}

  void hide_in(std::string& message) const {
    if (text_.size() < shortest) return;
    for (std::size_t at = message.find(text_); at != std::string::npos; at = message.find(text_, at + 3)) {
      message.replace(at, text_.size(), "***");
    }
  }

  void hide_in(Error& error) const {
    for (std::string* text : {&error.message, &error.gateway_code, &error.request_id}) hide_in(*text);
  }

 private:
  /// What is shorter is no key, but could be a word of any message.
  static constexpr std::size_t shortest = 8;

  std::string text_;
};

}  // namespace apimall
