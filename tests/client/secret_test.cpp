// The last net under the API key.
#include <doctest/doctest.h>

#include "client/secret.hpp"

using namespace apimall;

TEST_CASE("a message that repeats the key is told without it") {
  const Secret secret("plain-key-0123456789");
  std::string message = "a plain-key-0123456789, plain-key-0123456789plain-key-0123456789";
  secret.hide_in(message);
  CHECK(message == "a ***, ******");
  Error error;
  error.message = error.gateway_code = error.request_id = "plain-key-0123456789";
  error.task_id = "img_1";
  secret.hide_in(error);
  CHECK(error.message == "***");
  CHECK(error.gateway_code == "***");
  CHECK(error.request_id == "***");
  CHECK(error.task_id == "img_1");
}

TEST_CASE("what is too short to be a key stays a word") {
  std::string message = "test";
  Secret("test").hide_in(message);
  Secret().hide_in(message);
  CHECK(message == "test");
}
