#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "model/image_task_builder.hpp"

using namespace apimall;

namespace {

// A text with the readable bytes behind it that the builder asks for.
class Text {
 public:
  explicit Text(std::string text) : size_(text.size()), memory_(std::move(text)) {
    memory_.resize(size_ + ImageTaskBuilder::stride, '#');
  }
  operator std::string_view() const { return std::string_view(memory_).substr(0, size_); }  // NOLINT

 private:
  std::size_t size_;
  std::string memory_;
};

}  // namespace

TEST_CASE("a task of nothing has no texts, but a NUL-terminated JSON") {
  const ImageTaskRef task = ImageTaskBuilder::build({}, {}, {});
  REQUIRE(task);
  CHECK(task->fields().model.data() == nullptr);
  CHECK(task->result_urls().empty());
  CHECK(task->json().empty());
  CHECK(*task->json().data() == '\0');
}

TEST_CASE("texts of every length are copied whole and end with NUL") {
  for (std::size_t size = 0; size < 130; ++size) {
    const Text model(std::string(size, 'm'));
    const Text id(std::string(size / 2, 'i'));
    ImageTaskFields fields;
    fields.model = model;
    fields.task_id = id;
    const ImageTaskRef task = ImageTaskBuilder::build(fields, {}, "{}");
    REQUIRE(task);
    CHECK(task->fields().model == std::string(size, 'm'));
    CHECK(task->fields().model.data()[size] == '\0');
    CHECK(task->fields().task_id == std::string(size / 2, 'i'));
    CHECK(task->fields().task_id.data()[size / 2] == '\0');
    CHECK(task->fields().request_id.data() == nullptr);
  }
}

TEST_CASE("an empty text is there, an absent one is not") {
  const Text empty("");
  ImageTaskFields fields;
  fields.error_message = empty;
  const ImageTaskRef task = ImageTaskBuilder::build(fields, {}, "{}");
  CHECK(task->fields().error_message.data() != nullptr);
  CHECK(task->fields().error_message.empty());
  CHECK(task->fields().model.data() == nullptr);
}

TEST_CASE("URL fields share the copy of the list's URL that they are") {
  const Text a("https://a");
  const Text b("https://b");
  const std::vector<std::string_view> urls = {a, b};
  ImageTaskFields fields;
  fields.primary_url = urls[1];
  fields.image_url = a;
  const ImageTaskRef task = ImageTaskBuilder::build(fields, urls, "{}");
  REQUIRE(task->result_urls().size() == 2);
  CHECK(task->result_urls()[0] == "https://a");
  CHECK(task->fields().primary_url.data() == task->result_urls()[1].data());
  CHECK(task->fields().image_url.data() == task->result_urls()[0].data());
}

TEST_CASE("a task lives as long as its last owner") {
  ImageTaskRef kept;
  {
    const Text model("m");
    ImageTaskFields fields;
    fields.model = model;
    const ImageTaskRef first = ImageTaskBuilder::build(fields, {}, "{\"a\":1}");
    ImageTaskRef second = first;
    kept = std::move(second);
    CHECK_FALSE(second);
  }
  CHECK(kept->fields().model == "m");
  CHECK(kept->json() == "{\"a\":1}");
  const ImageTask* const handed_over = kept.detach();
  CHECK_FALSE(kept);
  handed_over->release();
}
